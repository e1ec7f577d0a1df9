export const said = {
  'failure.tools-unsupported':
    'このモデルは自分でツールを呼べません。運用者が TOOL_PROTOCOL=prompted か auto を設定できます。',
  'failure.missing-key': 'モデルの提供元にはキーが必要ですが、設定されていません。運用者が設定する必要があります。',
  'failure.model-denied': 'モデルのゲートウェイのキーではこのモデルを使えません。運用者が許可する必要があります。',
  'failure.bad-endpoint': 'LITELLM_API_BASE にモデルのゲートウェイがありません。運用者が直す必要があります。',
  'failure.moved':
    'モデルのゲートウェイは LITELLM_API_BASE と別のアドレスにあります。運用者が新しいものを設定する必要があります。',
  'failure.bad-request': 'モデルのゲートウェイが要求を誤りとして拒否しました。運用者はログで内容を確認できます。',
  'failure.certificate': 'モデルのゲートウェイの証明書が信頼されていません。運用者が直す必要があります。',
  'failure.not-tls': 'LITELLM_API_BASE は https ですが、接続先は http です。運用者が直す必要があります。',
  'failure.bad-format':
    'モデルの提供元から読めない回答が届きました。もう一度聞いてください。続くようなら運用者に伝えてください。',
  'failure.web-page':
    'モデルの回答の代わりにウェブページが届きました。運用者が LITELLM_API_BASE を確認する必要があります。',
  'failure.bad-call':
    'モデルが書いたツールの呼び出しを提供元が読めませんでした。もう一度、または別の言葉で聞いてください。',
  'failure.endless': 'モデルの回答が終わりませんでした。もう一度聞くか、聞くことを減らしてください。',
  'said.run-budget': 'この質問は予算 ${limit} を使い切りました。これまでの費用は ${cost} です。',
  'said.month-budget': '今月の予算 ${limit} を使い切りました。',
  'said.stopped-before': '何も行われないうちに {name} が停止しました。',
  'said.no-tool': 'ツールは使われていません。',
  'said.done': '実行済み：{tools}。',
  'said.not-done': '未実行：{tools}。',
  'said.unclear': '行われたかもしれず、行われていないかもしれません：{tools}。',
  'said.pictures-unseen': { other: 'モデル {model} は画像を見られません：質問に付いた {count} 枚なしで回答します。' },
  'said.still-trying': '再試行を続けます。',
  'said.shortened': '会話がモデルには長くなりすぎたため、以前のメッセージと長い結果を省きました。',
  'said.talk-grown': { other: '会話が長くなりました：これより前の {count} 件のメッセージを見ました。' },
  'said.talk-grown-notes': {
    other: '会話が長くなりました：これより前の {count} 件のメッセージと、それ以前のメモを見ました。',
  },
  'said.talk-none': '会話が長くなりました：以前のやり取りは見ていません。',
  'said.talk-only-notes': '会話が長くなりました：以前のやり取りについてのメモだけを見ました。',
  'said.talk-left-out': { other: 'それより前の {count} 件は入りきりませんでした。' },
} as const;

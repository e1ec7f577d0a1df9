export const said = {
  'failure.tools-unsupported':
    'Este modelo não consegue chamar ferramentas por si; o operador pode definir TOOL_PROTOCOL=prompted ou auto.',
  'failure.missing-key':
    'O provedor do modelo precisa de uma chave e nenhuma está definida; o operador precisa definir uma.',
  'failure.model-denied': 'A chave do gateway de modelos não pode usar este modelo; o operador precisa permitir.',
  'failure.bad-endpoint': 'Não há gateway de modelos em LITELLM_API_BASE; o operador precisa consertar.',
  'failure.moved':
    'O gateway de modelos está em outro endereço que o de LITELLM_API_BASE; o operador precisa definir o novo.',
  'failure.bad-request':
    'O gateway de modelos recusou o pedido como errado; o operador encontra no log o que ele disse.',
  'failure.certificate': 'O certificado do gateway de modelos não é confiável; o operador precisa consertar.',
  'failure.not-tls': 'LITELLM_API_BASE diz https, mas o que está lá fala http; o operador precisa consertar.',
  'failure.bad-format':
    'O provedor do modelo enviou uma resposta que não pode ser lida. Pergunte de novo; se continuar, avise o operador.',
  'failure.web-page':
    'Veio uma página web em vez de uma resposta do modelo; o operador precisa verificar LITELLM_API_BASE.',
  'failure.bad-call':
    'O modelo escreveu uma chamada de ferramenta que o provedor não conseguiu ler. Pergunte de novo, ou com outras palavras.',
  'failure.endless': 'A resposta do modelo não tinha fim. Pergunte de novo, ou peça menos.',
  'said.run-budget': 'Esta pergunta usou todo o seu orçamento de US$ {limit}; até agora custou US$ {cost}.',
  'said.month-budget': 'O orçamento deste mês, US$ {limit}, acabou.',
  'said.stopped-before': 'Parado por {name} antes que algo fosse feito.',
  'said.no-tool': 'Nenhuma ferramenta tinha sido usada.',
  'said.done': 'Feito: {tools}.',
  'said.not-done': 'Não feito: {tools}.',
  'said.unclear': 'Pode ter acontecido ou não: {tools}.',
  'said.pictures-unseen': {
    one: 'O modelo {model} não vê imagens: responde sem a que veio com a pergunta.',
    other: 'O modelo {model} não vê imagens: responde sem as {count} que vieram com a pergunta.',
  },
  'said.still-trying': 'Continuo tentando.',
  'said.shortened':
    'A conversa tinha ficado longa demais para o modelo; mensagens anteriores e resultados longos ficam de fora.',
  'said.talk-grown': {
    one: 'Esta conversa ficou longa: olhei a mensagem antes desta.',
    other: 'Esta conversa ficou longa: olhei as {count} mensagens antes desta.',
  },
  'said.talk-grown-notes': {
    one: 'Esta conversa ficou longa: olhei a mensagem antes desta e minhas notas sobre as mais antigas.',
    other: 'Esta conversa ficou longa: olhei as {count} mensagens antes desta e minhas notas sobre as mais antigas.',
  },
  'said.talk-none': 'Esta conversa ficou longa: não olhei nada do que foi dito antes.',
  'said.talk-only-notes': 'Esta conversa ficou longa: só olhei minhas notas sobre o que foi dito antes.',
  'said.talk-left-out': { one: '{count} mais antiga não coube.', other: '{count} mais antigas não couberam.' },
} as const;

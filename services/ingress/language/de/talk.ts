export const talk = {
  'context.head': '**Dieses Gespräch**',
  'context.thread': {
    one: 'In einem Thread lese ich für jede Frage seine letzte Nachricht.',
    other: 'In einem Thread lese ich für jede Frage seine letzten {count} Nachrichten.',
  },
  'context.kept': {
    one: 'Davon behalte ich eine Nachricht, etwa {tokens} Token.',
    other: 'Davon behalte ich {count} Nachrichten, etwa {tokens} Token.',
  },
  'context.summary': {
    one: 'Eine Zusammenfassung steht für eine ältere Nachricht (von {model}, {when}):',
    other: 'Eine Zusammenfassung steht für {count} ältere Nachrichten (von {model}, {when}):',
  },
  'context.read': {
    one: 'Für deine letzte Frage sah ich eine Nachricht an: etwa {tokens} von höchstens {room} Token.',
    other: 'Für deine letzte Frage sah ich {count} Nachrichten an: etwa {tokens} von höchstens {room} Token.',
  },
  'context.read-with-summary': {
    one: 'Für deine letzte Frage sah ich eine Nachricht und die Zusammenfassung an: etwa {tokens} von höchstens {room} Token.',
    other:
      'Für deine letzte Frage sah ich {count} Nachrichten und die Zusammenfassung an: etwa {tokens} von höchstens {room} Token.',
  },
  'context.all': 'Nichts wurde ausgelassen.',
  'context.left-out': {
    one: 'Eine ältere Nachricht passte nicht hinein.',
    other: '{count} ältere Nachrichten passten nicht hinein.',
  },
  'context.hint': '`/{undo}` nimmt deine letzte Frage heraus, `/{reset}` beginnt ein neues.',
  'undo.unanswered':
    'Eine Frage dieses Gesprächs ist noch nicht beantwortet. `/{stop}` beendet sie; was vorher beantwortet wurde, lässt sich dann zurücknehmen.',
  'undo.nothing': 'In diesem Gespräch gibt es keine Frage von dir, die ich herausnehmen könnte.',
  'undo.done': 'Herausgenommen: „{question}“ und die Antwort darauf. Ich sehe sie nicht mehr an.',
  'undo.more': 'Noch einmal `/{undo}` nimmt die davor heraus.',
  'retry.none': 'Ich kenne keine Frage von dir in diesem Kanal. Stell mir eine.',
  'retry.unanswered': 'Deine letzte Frage ist noch nicht beantwortet. `/{stop}` beendet sie.',
  'retry.asking': '🔁 Ich frage noch einmal: Die neue Antwort tritt an die Stelle der alten. {link}',
  'forget.what':
    'Das vergisst, überall und endgültig: deine Fragen mit ihren Antworten, Dateien und dem, was Werkzeuge dafür geliefert haben, deinen Teil aller Gespräche, was ich mir für dich gemerkt habe und was du für andere gespeichert hast, deine Bewertungen, deine Einstellungen, deine geplanten Fragen. Noch unbeantwortete Fragen werden angehalten.',
  'forget.stays':
    'Was bleibt: das Audit-Protokoll (welche Werkzeuge für wen aufgerufen wurden, mit welchen Änderungen, und wer es erlaubt hat), bis seine eigene Frist vorbei ist; die Summen des Verbrauchs, weil Grenzen sie zählen; die Logs der Server, auf denen ich laufe, die dich mit deiner ID nennen und nichts enthalten, was du geschrieben hast, bis ihr Betreiber sie löscht; was andere gefragt haben und ihnen geantwortet wurde, auch wo es dich zitiert; was in Discord selbst steht, das kannst du dort löschen.',
  'forget.yes': 'Vergiss mich',
  'forget.no': 'Alles behalten',
  'forget.kept': 'Nichts wurde vergessen.',
  'forget.noted':
    'Es ist notiert und geschieht, sobald ein Worker kann: Alles von dir verschwindet, auch wenn ich inzwischen neu gestartet werde.',
  'forget.nothing': 'Ich wusste nichts von dir.',
  'forget.done': 'Vergessen: {what}.',
  'forget.runs': { one: '{count} Frage mit ihrer Antwort', other: '{count} Fragen mit ihren Antworten' },
  'forget.talks': { one: '{count} Gespräch', other: '{count} Gespräche' },
  'forget.memories': { one: '{count} Gemerktes', other: '{count} gemerkte Dinge' },
  'forget.settings': { one: '{count} Einstellung', other: '{count} Einstellungen' },
  'forget.votes': { one: '{count} Bewertung', other: '{count} Bewertungen' },
  'forget.schedules': { one: '{count} geplante Frage', other: '{count} geplante Fragen' },
} as const;

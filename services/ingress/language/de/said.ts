export const said = {
  'failure.tools-unsupported':
    'Dieses Modell kann von sich aus keine Werkzeuge aufrufen; der Betreiber kann TOOL_PROTOCOL=prompted oder auto setzen.',
  'failure.missing-key':
    'Der Anbieter des Modells braucht einen Schlüssel, und keiner ist gesetzt; der Betreiber muss einen setzen.',
  'failure.model-denied':
    'Der Schlüssel des Modell-Gateways darf dieses Modell nicht benutzen; der Betreiber muss es erlauben.',
  'failure.bad-endpoint': 'Unter LITELLM_API_BASE ist kein Modell-Gateway; der Betreiber muss es beheben.',
  'failure.moved':
    'Das Modell-Gateway hat eine andere Adresse, als LITELLM_API_BASE sagt; der Betreiber muss die neue setzen.',
  'failure.bad-request':
    'Das Modell-Gateway hat die Anfrage als falsch abgelehnt; der Betreiber findet im Log, was es sagte.',
  'failure.certificate': 'Dem Zertifikat des Modell-Gateways wird nicht vertraut; der Betreiber muss es beheben.',
  'failure.not-tls': 'LITELLM_API_BASE sagt https, aber dort wird http gesprochen; der Betreiber muss es beheben.',
  'failure.bad-format':
    'Der Anbieter des Modells hat eine Antwort geschickt, die sich nicht lesen lässt. Frag noch einmal; bleibt es so, sag es dem Betreiber.',
  'failure.web-page': 'Statt einer Antwort des Modells kam eine Webseite; der Betreiber muss LITELLM_API_BASE prüfen.',
  'failure.bad-call':
    'Das Modell hat einen Werkzeugaufruf geschrieben, den sein Anbieter nicht lesen konnte. Frag noch einmal, oder mit anderen Worten.',
  'failure.endless': 'Die Antwort des Modells hatte kein Ende. Frag noch einmal, oder nach weniger.',
  'said.run-budget': 'Diese Frage hat ihr Budget von {limit} $ aufgebraucht; sie hat bisher {cost} $ gekostet.',
  'said.month-budget': 'Das Budget für diesen Monat, {limit} $, ist aufgebraucht.',
  'said.stopped-before': 'Angehalten von {name}, bevor etwas getan wurde.',
  'said.no-tool': 'Es wurde kein Werkzeug benutzt.',
  'said.done': 'Getan: {tools}.',
  'said.not-done': 'Nicht getan: {tools}.',
  'said.unclear': 'Vielleicht geschehen, vielleicht nicht: {tools}.',
  'said.pictures-unseen': {
    one: 'Das Modell {model} sieht keine Bilder: Es antwortet ohne das, das mit der Frage kam.',
    other: 'Das Modell {model} sieht keine Bilder: Es antwortet ohne die {count}, die mit der Frage kamen.',
  },
  'said.still-trying': 'Ich versuche es weiter.',
  'said.shortened':
    'Das Gespräch war für das Modell zu lang geworden; frühere Nachrichten und lange Ergebnisse sind ausgelassen.',
  'said.talk-grown': {
    one: 'Dieses Gespräch ist lang geworden: Ich sah die Nachricht vor dieser an.',
    other: 'Dieses Gespräch ist lang geworden: Ich sah die {count} Nachrichten vor dieser an.',
  },
  'said.talk-grown-notes': {
    one: 'Dieses Gespräch ist lang geworden: Ich sah die Nachricht vor dieser und meine Notizen zu älteren an.',
    other:
      'Dieses Gespräch ist lang geworden: Ich sah die {count} Nachrichten vor dieser und meine Notizen zu älteren an.',
  },
  'said.talk-none': 'Dieses Gespräch ist lang geworden: Von dem, was vorher gesagt wurde, sah ich nichts an.',
  'said.talk-only-notes':
    'Dieses Gespräch ist lang geworden: Ich sah nur meine Notizen zu dem an, was vorher gesagt wurde.',
  'said.talk-left-out': { one: '{count} ältere passte nicht hinein.', other: '{count} ältere passten nicht hinein.' },
} as const;

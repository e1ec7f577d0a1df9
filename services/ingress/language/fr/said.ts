export const said = {
  'failure.tools-unsupported':
    'Ce modèle ne sait pas appeler d’outils de lui-même ; l’opérateur peut régler TOOL_PROTOCOL=prompted ou auto.',
  'failure.missing-key':
    'Le fournisseur du modèle demande une clé et aucune n’est réglée ; l’opérateur doit en régler une.',
  'failure.model-denied':
    'La clé de la passerelle des modèles ne peut pas utiliser ce modèle ; l’opérateur doit l’autoriser.',
  'failure.bad-endpoint': 'Il n’y a pas de passerelle de modèles à LITELLM_API_BASE ; l’opérateur doit le corriger.',
  'failure.moved':
    'La passerelle des modèles est à une autre adresse que celle de LITELLM_API_BASE ; l’opérateur doit régler la nouvelle.',
  'failure.bad-request':
    'La passerelle des modèles a refusé la requête comme erronée ; l’opérateur trouve dans le journal ce qu’elle a dit.',
  'failure.certificate': 'Le certificat de la passerelle des modèles n’est pas fiable ; l’opérateur doit le corriger.',
  'failure.not-tls': 'LITELLM_API_BASE dit https, mais ce qui s’y trouve parle http ; l’opérateur doit le corriger.',
  'failure.bad-format':
    'Le fournisseur du modèle a envoyé une réponse illisible. Redemandez ; si cela persiste, dites-le à l’opérateur.',
  'failure.web-page':
    'Une page web est venue à la place d’une réponse du modèle ; l’opérateur doit vérifier LITELLM_API_BASE.',
  'failure.bad-call':
    'Le modèle a écrit un appel d’outil que son fournisseur n’a pas pu lire. Redemandez, ou avec d’autres mots.',
  'failure.endless': 'La réponse du modèle n’avait pas de fin. Redemandez, ou demandez moins.',
  'said.run-budget': 'Cette question a épuisé son budget de {limit} $ ; elle a coûté {cost} $ jusqu’ici.',
  'said.month-budget': 'Le budget de ce mois, {limit} $, est épuisé.',
  'said.stopped-before': 'Arrêté par {name} avant que quoi que ce soit soit fait.',
  'said.no-tool': 'Aucun outil n’avait été utilisé.',
  'said.done': 'Fait : {tools}.',
  'said.not-done': 'Pas fait : {tools}.',
  'said.unclear': 'A peut-être eu lieu, peut-être pas : {tools}.',
  'said.pictures-unseen': {
    one: 'Le modèle {model} ne voit pas les images : il répond sans celle qui accompagne la question.',
    other: 'Le modèle {model} ne voit pas les images : il répond sans les {count} qui accompagnent la question.',
  },
  'said.still-trying': 'Je continue d’essayer.',
  'said.shortened':
    'La conversation était devenue trop longue pour le modèle ; les messages antérieurs et les longs résultats sont laissés de côté.',
  'said.talk-grown': {
    one: 'Cette conversation est devenue longue : j’ai regardé le message avant celui-ci.',
    other: 'Cette conversation est devenue longue : j’ai regardé les {count} messages avant celui-ci.',
  },
  'said.talk-grown-notes': {
    one: 'Cette conversation est devenue longue : j’ai regardé le message avant celui-ci et mes notes sur les plus anciens.',
    other:
      'Cette conversation est devenue longue : j’ai regardé les {count} messages avant celui-ci et mes notes sur les plus anciens.',
  },
  'said.talk-none': 'Cette conversation est devenue longue : je n’ai rien regardé de ce qui a été dit avant.',
  'said.talk-only-notes':
    'Cette conversation est devenue longue : je n’ai regardé que mes notes sur ce qui a été dit avant.',
  'said.talk-left-out': { one: '{count} plus ancien n’a pas tenu.', other: '{count} plus anciens n’ont pas tenu.' },
} as const;

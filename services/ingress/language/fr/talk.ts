export const talk = {
  'context.head': '**Cette conversation**',
  'context.thread': {
    one: 'Dans un fil, je lis son dernier message pour chaque question.',
    other: 'Dans un fil, je lis ses {count} derniers messages pour chaque question.',
  },
  'context.kept': {
    one: 'J’en garde {count} message, environ {tokens} jetons.',
    other: 'J’en garde {count} messages, environ {tokens} jetons.',
  },
  'context.summary': {
    one: 'Un résumé tient lieu de {count} message plus ancien (par {model}, {when}) :',
    other: 'Un résumé tient lieu de {count} messages plus anciens (par {model}, {when}) :',
  },
  'context.read': {
    one: 'Pour votre dernière question, j’ai regardé {count} message : environ {tokens} jetons sur {room} au plus.',
    other: 'Pour votre dernière question, j’ai regardé {count} messages : environ {tokens} jetons sur {room} au plus.',
  },
  'context.read-with-summary': {
    one: 'Pour votre dernière question, j’ai regardé {count} message et le résumé : environ {tokens} jetons sur {room} au plus.',
    other:
      'Pour votre dernière question, j’ai regardé {count} messages et le résumé : environ {tokens} jetons sur {room} au plus.',
  },
  'context.all': 'Rien n’a été laissé de côté.',
  'context.left-out': {
    one: '{count} message plus ancien n’a pas tenu.',
    other: '{count} messages plus anciens n’ont pas tenu.',
  },
  'context.hint': '`/{undo}` en retire votre dernière question, `/{reset}` en commence une nouvelle.',
  'undo.unanswered':
    'Une question de cette conversation n’a pas encore de réponse. `/{stop}` l’arrête ; ce qui a été répondu avant pourra alors être annulé.',
  'undo.nothing': 'Il n’y a dans cette conversation aucune question de vous que je puisse retirer.',
  'undo.done': 'Retiré : « {question} » et sa réponse. Je ne les regarde plus.',
  'undo.more': '`/{undo}` encore une fois retire la précédente.',
  'retry.none': 'Je ne connais aucune question de vous dans ce salon. Posez-m’en une.',
  'retry.unanswered': 'Votre dernière question n’a pas encore de réponse. `/{stop}` l’arrête.',
  'retry.asking': '🔁 Je repose la question : la nouvelle réponse prend la place de l’ancienne. {link}',
  'forget.what':
    'Ceci oublie, partout et pour de bon : vos questions avec leurs réponses, leurs fichiers et ce que les outils ont rendu pour elles, votre part de toutes les conversations, vos souvenirs et ce que vous avez enregistré pour d’autres, vos votes, vos réglages, vos questions planifiées. Les questions encore sans réponse sont arrêtées.',
  'forget.stays':
    'Ce qui reste : le journal d’audit (quels outils ont été appelés pour qui, avec quels changements, et qui l’a autorisé) jusqu’à la fin de son propre délai ; les totaux de ce qui a été utilisé, car les limites les comptent ; les journaux des serveurs sur lesquels je tourne, qui vous nomment par votre identifiant et ne contiennent rien de ce que vous avez écrit, jusqu’à ce que leur opérateur les supprime ; ce que d’autres ont demandé et reçu comme réponse, même là où vous êtes cité ; ce qui est dans Discord, que vous pouvez y supprimer.',
  'forget.yes': 'Oubliez-moi',
  'forget.no': 'Tout garder',
  'forget.kept': 'Rien n’a été oublié.',
  'forget.noted':
    'C’est noté, et ce sera fait dès qu’un worker le peut : tout ce qui est à vous disparaît, même si je redémarre entre-temps.',
  'forget.nothing': 'Je ne savais rien de vous.',
  'forget.done': 'Oublié : {what}.',
  'forget.runs': { one: '{count} question avec sa réponse', other: '{count} questions avec leurs réponses' },
  'forget.talks': { one: '{count} conversation', other: '{count} conversations' },
  'forget.memories': { one: '{count} souvenir', other: '{count} souvenirs' },
  'forget.settings': { one: '{count} réglage', other: '{count} réglages' },
  'forget.votes': { one: '{count} vote', other: '{count} votes' },
  'forget.schedules': { one: '{count} question planifiée', other: '{count} questions planifiées' },
} as const;

import { answer } from './fr/answer.ts';
import { files } from './fr/files.ts';
import { refusals } from './fr/refusals.ts';
import { rights } from './fr/rights.ts';
import { said } from './fr/said.ts';
import { settings } from './fr/settings.ts';
import { talk } from './fr/talk.ts';
import { translation } from './translation.ts';

export const fr = translation({
  done: 'C’est fait.',
  'form.too-slow': 'Discord a été trop lent pour le formulaire ; réessayez, s’il vous plaît.',
  'answer.not-shown': '⚠️ Je n’ai pas pu afficher ma réponse : {why}',
  'answer.queue-away':
    '⚠️ Cela n’a pas marché : ma file d’attente est injoignable en ce moment. Réessayez dans une minute.',
  'button.unknown': 'Je ne connais plus ce bouton : une autre version de moi l’a créé.',
  'command.unknown': 'Je ne connais plus cette commande. Rechargez Discord pour voir celles que j’ai.',
  'message.unseen': 'Je ne vois pas ce message.',
  'not-here': 'Je ne réponds pas ici. {why}',

  'help.ways':
    'Demandez-moi ce que vous voulez : mentionnez-moi, répondez à un de mes messages, écrivez-moi en privé ou utilisez `/{ask}`.',
  'help.tools':
    'Je réponds avec un modèle de langage et des outils, et je montre ceux que j’utilise. **{stopButton}** arrête une réponse, **{retryButton}** repose la question.',
  'help.commands':
    '`/{new}` commence une nouvelle conversation, `/{status}` dit comment je vais et où en sont vos questions, `/{stop}` les arrête, `/{tools}` dit ce que je peux faire pour vous, `/{schedule}` fait poser une question à certaines heures, `/{memory}` montre ce qu’on m’a demandé de retenir, `/{whyCommand}` dit pourquoi je n’ai pas répondu à un message, `/{help}` affiche ce texte.',
  'door.queue-away':
    '⚠️ Je n’ai pas pu prendre cette question : ma file d’attente est injoignable en ce moment. Reposez-la dans une minute.',
  'door.lost':
    '⚠️ J’ai perdu cette question : ma file d’attente ne l’a plus. Reposez-la ; ce que des outils ont fait pour elle reste fait.',
  'door.too-many': {
    one: 'Vous avez une question sans réponse, je n’en prends pas plus d’une personne. Redemandez quand elle aura sa réponse, ou arrêtez-la avec `/{stop}`.',
    other:
      'Vous avez {count} questions sans réponse, je n’en prends pas plus d’une personne. Redemandez quand certaines auront leur réponse, ou arrêtez-les avec `/{stop}`.',
  },
  'door.cannot-answer': '↪️ Je n’ai pas pu répondre dans {channel} : {why}',
  'door.cannot-write': 'Je ne peux pas répondre dans {channel} : {why}',
  'door.empty': 'Il n’y a rien là-dedans que je puisse lire.',

  'gate.own-message': 'C’est un de mes propres messages.',
  'gate.webhook': 'Un webhook l’a écrit ; n’importe qui peut donner n’importe quel nom à un webhook.',
  'gate.system': 'Discord lui-même l’a écrit.',
  'gate.bot': 'Un bot l’a écrit. DISCORD_BOTS_ALLOW nomme les bots auxquels je réponds.',
  'gate.bot-loop':
    'Ce bot a écrit plus de 20 messages en une minute : une minute de pause, pour ne pas parler sans fin.',
  'gate.not-ordinary': 'C’est un avis de Discord (épingle, arrivée, boost), pas un message.',
  'gate.addresses-others': 'Il est destiné à quelqu’un d’autre : il le mentionne et pas moi.',
  'gate.not-addressed':
    'Il ne s’adresse pas à moi : mentionnez-moi, répondez à un de mes messages, utilisez /{ask} ou écrivez-moi en privé.',
  'gate.dm-off': 'Les messages privés sont désactivés (DISCORD_DM).',
  'gate.server-not-allowed': 'Ce serveur n’est pas dans DISCORD_GUILDS_ALLOW.',
  'gate.channel-denied': 'Ce salon est dans DISCORD_CHANNELS_DENY.',
  'gate.channel-not-allowed': 'Ce salon n’est pas dans DISCORD_CHANNELS_ALLOW.',
  'gate.person-denied': 'La personne, ou un de ses rôles, est dans DISCORD_PEOPLE_DENY.',
  'gate.person-not-allowed': 'Ni la personne ni un de ses rôles n’est dans DISCORD_PEOPLE_ALLOW.',
  'gate.too-many':
    'Son auteur avait autant de questions sans réponse que j’en prends d’une personne (DISCORD_MAX_PENDING).',
  'gate.empty': 'Il ne dit rien à quoi répondre ; j’ai dit comment demander.',
  'gate.queue-away': 'La file d’attente était injoignable quand il est arrivé ; son auteur a été prévenu.',

  'why.not-found': 'Je ne trouve pas ce message dans ce salon. Donnez-moi son lien ou son identifiant.',
  'why.dropped': 'Je n’y ai pas répondu (barrière {gate}) : {why}',
  'why.as-it-stands': 'Dans son état actuel : il a été modifié, et je ne connais que celui-ci.',
  'why.no-intent':
    'Il me manque l’intent « message content », je ne lis donc que les messages qui me mentionnent : il s’active dans le portail des développeurs, page Bot.',
  'why.would-pass':
    'Il passerait maintenant toutes mes barrières. Il est sans doute arrivé pendant une absence plus longue que ce que je rattrape : renvoyez-le, s’il vous plaît.',
  'why.edited-since':
    'Le message a été modifié depuis son envoi. Une modification dans les premiers instants compte ; après une plus tardive, **{retryButton}** demande ce qui y est écrit maintenant.',
  'why.edited-into-one':
    'Je n’y ai pas répondu à son arrivée. Dans son état actuel il passerait toutes mes barrières, mais il a été modifié, et une modification ne me fait pas répondre : renvoyez-le, s’il vous plaît.',
  'why.forgotten': 'Il est devenu l’exécution {run}, qui n’est plus conservée.',
  'why.queued': 'Il est devenu l’exécution {run}, qui attend son tour.',
  'why.running': 'Il est devenu l’exécution {run}, qui est en cours{where}.',
  'why.waiting': 'Il est devenu l’exécution {run}, qui attend la décision de quelqu’un{where}.',
  'why.answered': 'Il est devenu l’exécution {run} et a reçu sa réponse{where}.',
  'why.stopped': 'Il est devenu l’exécution {run}, qui a été arrêtée{where} : {text}',
  'why.failed': 'Il est devenu l’exécution {run}, qui a échoué{where} : {text}',

  'new.dm': 'Une nouvelle conversation : je ne regarde pas ce que nous avons écrit avant.',
  'new.channel':
    'Une nouvelle conversation : je ne regarde pas ce que vous m’avez demandé ici avant. Celles des autres continuent.',
  'new.thread': 'Une nouvelle conversation, pour tous dans ce fil : je ne regarde pas ce qui a été écrit avant.',
  'new.go-back': 'Pour reprendre à un message antérieur, répondez-y.',
  'new.still-coming': {
    one: 'Une question antérieure reçoit d’abord sa réponse, comme si rien n’avait changé.',
    other: '{count} questions antérieures reçoivent d’abord leur réponse, comme si rien n’avait changé.',
  },
  'stop.moderators-only': 'Seuls les modérateurs de ce salon peuvent arrêter les questions des autres.',
  'stop.nothing': 'Il n’y a rien à arrêter dans ce salon.',
  'stop.stopping': { one: 'J’arrête une question.', other: 'J’arrête {count} questions.' },

  'status.discord': '🟢 **Discord** connecté',
  'status.discord-ms': '🟢 **Discord** connecté, {ms} ms',
  'status.queue-away':
    '🔴 **File** injoignable : je ne peux pas prendre de questions en ce moment, et les réponses attendent.',
  'status.queue-empty': '🟢 **File** aucune question n’attend',
  'status.queue': {
    one: '🟢 **File** une question avant la vôtre',
    other: '🟢 **File** {count} questions avant la vôtre',
  },
  'status.about': ' : environ {wait}',
  'status.idle': 'libres',
  'status.at-work': { one: 'au travail sur une question', other: 'au travail sur {count} questions' },
  'status.workers': '🟢 **Workers** {number}, {busy}',
  'status.workers-unseen': '⚪ **Workers** {busy}',
  'status.no-workers':
    '🔴 **Workers** aucun ne tourne : les questions sont gardées, et reçoivent leur réponse quand il y en a un',
  'status.model-answers': '🟢 **Modèle** a répondu {when}',
  'status.model-fails': '🔴 **Modèle** en échec depuis {when} ; les questions sont retentées',
  'status.model-unknown': '⚪ **Modèle** pas interrogé récemment',
  'status.none-unanswered': 'Aucune de vos questions n’est sans réponse.',
  'status.yours': '**Vos questions**',
  'status.more': '… et {number} de plus',
  'status.queued': '⏳ En attente',
  'status.running': '⚙️ en cours',
  'status.waiting': '✋ attend la décision de quelqu’un',

  'tools.unknown': 'Aucun worker n’a encore dit quels outils il y a. Réessayez dans une minute.',
  'tools.none': 'Vos rôles ne vous donnent aucun outil ici. Je réponds avec ce que je sais.',
  'tools.yours': '**Vos outils** (✋ demande d’abord à quelqu’un)',
  'tools.prompts': '**Prompts des serveurs** (demandez-les avec vos mots)',
  'tools.away': '🔴 Indisponibles en ce moment : {names}',
  'lines.more': { one: '… et une ligne de plus', other: '… et {count} lignes de plus' },
  'memory.none': 'Je n’ai rien retenu pour vous ici. Demandez-moi de retenir quelque chose.',
  'memory.none-of-yours': 'Je n’avais rien retenu de vous.',
  'memory.deleted-all': {
    one: 'Le seul qui était à vous est supprimé.',
    other: 'Les {count} qui étaient à vous sont supprimés.',
  },
  'memory.unknown': 'Je n’ai rien retenu sous {id} que vous puissiez voir ici. `/{memory}` montre les identifiants.',
  'memory.of-channel': 'Quelqu’un d’autre l’a enregistré pour ce salon ; vous ne pouvez pas le supprimer.',
  'memory.of-server': 'Quelqu’un d’autre l’a enregistré pour ce serveur ; vous ne pouvez pas le supprimer.',
  'memory.deleted': 'Supprimé : {text}',
  'memory.mine': 'À vous',
  'memory.channel': 'Ce salon',
  'memory.server': 'Ce serveur',
  'memory.page': 'page {page} sur {pages} ; `/{memory} page:{next}` en montre une autre',
  'memory.how-to-delete': '`/{memory} supprimer:` et un identifiant en oublie un',

  'queue.behind': {
    one: '⏳ En attente : une question de cette conversation passe d’abord.',
    other: '⏳ En attente : {count} questions de cette conversation passent d’abord.',
  },
  'queue.position': '⏳ En attente : position {position}',
  'queue.position-wait': '⏳ En attente : position {position}, environ {wait}',
  'queue.no-worker': '⏳ J’attends un worker libre…',
  'run.working': '⏳ J’y travaille… question posée {since}',
  'run.waiting-model': '⏳ J’attends le modèle, prochain essai {at} ; question posée {since}',
  'run.since': '⏳ question posée {since}',
  'run.anew': '🔁 Je réponds à nouveau…',
  'run.stopping': '⏹️ J’arrête…',
  'run.answered-anew': '♻️ nouvelle réponse',
  'run.stopped-by': 'Arrêté par {name}.',
  'run.table': '📊 J’écris un tableau…',
  'run.table-rows': {
    one: '📊 J’écris un tableau : une ligne jusqu’ici…',
    other: '📊 J’écris un tableau : {count} lignes jusqu’ici…',
  },
  'run.rest-left-out': '✂️ Le reste manque : je n’ai pas ici la permission *Joindre des fichiers*.',
  'run.whole-in-file': '📄 La réponse entière est dans le fichier.',
  'run.rest-in-file': '📄 Le reste vient en fichier.',
  'run.pictures-left-out': '🖼️ Des images manquent ({number}) : je n’ai pas ici la permission *Joindre des fichiers*.',
  'run.goes-on': '↪️ Je continue en message privé.',
  'run.refused': '⚠️ Ma réponse ne peut pas rester ici : {why} Elle est conservée sous l’identifiant de son exécution.',
  'footer.tokens': '{input} → {output} jetons',
  'footer.first-token': 'premier jeton {time}',
  'footer.tools': 'outils : {names}',
  'footer.more': '{names} et {number} de plus',
  'footer.run': 'exécution {run}',

  'button.stop': 'Arrêter',
  'button.retry': 'Réessayer',
  'button.allow': 'Autoriser une fois',
  'button.deny': 'Refuser',
  'button.happened': 'Cela a eu lieu',
  'button.did-not-happen': 'Non : exécuter',
  'button.leave': 'Laisser',
  'retry.not-yours': 'Seul {person}, ou quelqu’un qui gère ce serveur, peut reposer cette question.',
  'stop.not-yours': 'Seul {person}, ou quelqu’un qui modère ce salon, peut arrêter cela.',
  'vote.thanks': 'Merci, c’est noté : {vote}',
  'vote.what-was-wrong': 'Qu’est-ce qui n’allait pas ?',
  'vote.reason': 'Raison (facultative)',

  'card.unknown-outcome':
    '❓ **{tool} a peut-être eu lieu, peut-être pas.** Un worker est mort pendant l’appel. Cela a-t-il eu lieu ?',
  'card.asks': '✋ **Dragoman demande avant d’exécuter {tool}**',
  'card.asked-by': 'demandé par {person} · exécution {run}',
  'card.posted-in': 'à publier dans {channel}',
  'card.in-file': '{number} caractères, sha256 {digest}… ; en entier dans le fichier. Lisez-le avant de décider.',
  'card.not-in-full':
    '{number} caractères, sha256 {digest}… ; pas montré en entier, car je n’ai pas ici la permission *Joindre des fichiers*. `npx dragoman approvals` le montre et en décide.',
  'card.blanks': '⟨{number} espaces⟩',
  'card.decide-until': 'Décidez {when}, sinon c’est refusé.',
  'card.run-ended': '⌛ L’exécution s’est terminée avant que quelqu’un décide.',
  'card.allowed': '✅ Autorisé par {who}',
  'card.denied': '⛔ Refusé par {who}',
  'card.expired': '⌛ Expiré : personne n’a décidé à temps',
  'card.happened': '✅ Cela a eu lieu, dit {who}',
  'card.did-not-happen': '↩️ Cela n’a pas eu lieu, dit {who}',
  'card.does-not-stand':
    '✋ **Dragoman demande avant d’exécuter un outil**, mais la question ne peut pas rester ici : {why}\n`npx dragoman approvals` la montre et en décide.',
  'decide.stale': 'Cette carte n’appartient à aucune question ouverte.',
  'decide.too-late': 'Le délai de cette décision est passé ; rien n’a été fait.',
  'decide.not-in-dm':
    'En message privé je ne vois pas vos rôles, donc personne ne décide ici. Demandez dans un salon du serveur.',
  'decide.not-yours': 'Seul {person}, un modérateur de ce salon ou un approbateur peut en décider.',
  'decide.no-right':
    'Vos rôles ne vous laissent pas utiliser cet outil, vous ne pouvez donc ni l’autoriser ni le refuser.',

  'failure.internal':
    'Quelque chose s’est mal passé dans Dragoman ; l’opérateur le trouve dans le journal par l’identifiant de l’exécution.',
  'failure.deadline': 'Le temps de cette question est écoulé.',
  'failure.budget': 'Le budget du modèle est épuisé ; l’opérateur doit l’augmenter.',
  'failure.context-too-long':
    'Cette conversation est devenue trop longue pour le modèle. Commencez-en une nouvelle, ou demandez moins à la fois.',
  'failure.refused-content': 'Le fournisseur du modèle a refusé ce contenu. Demandez autrement.',
  'failure.timeout': 'Le modèle a mis trop de temps. Redemandez, ou demandez moins.',
  'failure.rate-limit': 'Le modèle est trop sollicité en ce moment. Redemandez dans une minute.',
  'failure.overloaded': 'Le modèle est surchargé en ce moment. Redemandez dans une minute.',
  'failure.provider': 'Le fournisseur du modèle a échoué. Redemandez ; si cela dure, dites-le à l’opérateur.',
  'failure.network':
    'La passerelle du modèle est injoignable en ce moment. Redemandez dans une minute ; si cela dure, dites-le à l’opérateur.',
  'failure.cut-stream': 'La réponse du modèle s’est interrompue. Redemandez.',
  'failure.away':
    'Le modèle a échoué plusieurs fois de suite et reste au repos quelques secondes. Redemandez dans une minute.',
  'failure.late-start':
    'Le modèle n’a pas commencé à répondre à temps. Redemandez ; si cela dure, dites-le à l’opérateur.',
  'failure.stalled': 'Le modèle s’est arrêté au milieu de sa réponse. Redemandez.',
  'failure.too-slow': 'Le modèle a mis trop de temps pour sa réponse. Redemandez, ou demandez moins.',
  'failure.bad-key': 'La passerelle du modèle a refusé la clé ; l’opérateur doit vérifier LITELLM_API_KEY.',
  'failure.model-not-found': 'La passerelle ne connaît pas ce modèle ; l’opérateur doit vérifier MODEL_NAME.',

  'schedule.added': '⏰ Planifié sous `{id}` : {when} ({zone}), dans {channel}. La prochaine fois est {next}.',
  'schedule.added-once': '⏰ Planifié sous `{id}`, dans {channel} : {next}.',
  'schedule.no-time': 'Dites aussi à quelle heure, par exemple « {example} ».',
  'schedule.not-understood':
    'Je ne comprends pas quand c’est. Par exemple : « tous les lundis à 9h », « demain à 8h », « dans 2 heures », « toutes les 15 minutes », ou cron : `0 9 * * 1-5`.',
  'schedule.past': 'Ce moment est passé.',
  'schedule.never': 'Cela n’arrive jamais.',
  'schedule.too-often': {
    one: 'C’est trop souvent : au plus une fois par minute.',
    other: 'C’est trop souvent : au plus toutes les {count} minutes.',
  },
  'schedule.no-zone': 'Je ne connais pas le fuseau horaire {zone}. Écrivez-le comme « Europe/Paris ».',
  'schedule.no-question': 'Dites ce que je dois demander.',
  'schedule.too-many-of-maker': {
    one: 'Vous avez une question planifiée, je n’en garde pas plus par personne. `/{schedule} supprimer` l’enlève.',
    other:
      'Vous avez {count} questions planifiées, je n’en garde pas plus par personne. `/{schedule} supprimer` en enlève une.',
  },
  'schedule.too-many-in-place': {
    one: 'Ce serveur a une question planifiée, je n’en garde pas plus par serveur.',
    other: 'Ce serveur a {count} questions planifiées, je n’en garde pas plus par serveur.',
  },
  'schedule.token-only':
    'Je ne peux pas écrire ici de moi-même, donc pas répondre à d’autres moments. Laissez-moi d’abord entrer sur le serveur.',
  'schedule.you-cannot-write': 'Vous ne pouvez pas écrire vous-même dans {channel}.',
  'schedule.other-server': 'Ce salon n’est pas de ce serveur.',
  'schedule.unknown': 'Il n’y a pas ici de question planifiée `{id}` à vous. `/{schedule} liste` les montre.',
  'schedule.none': 'Rien n’est planifié ici. `/{schedule} ajouter` planifie une question.',
  'schedule.yours': '**Questions planifiées**',
  'schedule.line': '`{id}` {question} · {when} ({zone}) dans {channel}',
  'schedule.line-of': 'de {person}',
  'schedule.next': 'prochaine fois {when}',
  'schedule.unpaid': 'omise {when} : le budget était épuisé',
  'schedule.paused': '⏸️ en pause : {why}',
  'schedule.pause-asked': '{name} l’a mise en pause',
  'schedule.pause-left': 'la personne qui l’a faite a quitté le serveur',
  'schedule.pause-no-access': 'la personne qui l’a faite ne peut plus écrire dans le salon',
  'schedule.pause-not-here': 'je n’y réponds plus à la personne qui l’a faite',
  'schedule.pause-no-place': 'le salon ou le serveur a disparu, ou je ne peux pas y écrire',
  'schedule.pause-not-chosen':
    'ceux qui gèrent le serveur ne me laissent répondre que dans d’autres salons (`/{setup}`)',
  'schedule.now-paused': '⏸️ `{id}` est en pause. `/{schedule} reprendre` la reprend.',
  'schedule.now-resumed': '▶️ `{id}` reprend. La prochaine fois est {next}.',
  'schedule.cannot-resume': '`{id}` n’est pas en pause, ou son temps est passé.',
  'schedule.already-paused': '`{id}` est déjà en pause.',
  'schedule.deleted': '🗑️ `{id}` est supprimée.',
  'schedule.heading': '⏰ {question} · {when}, pour {person}',
  'schedule.late': '⌛ En retard : c’était prévu {due}.',
  'schedule.late-more': {
    one: '⌛ En retard : c’était prévu {due}. Une fois suivante a aussi été manquée et n’est pas rattrapée.',
    other:
      '⌛ En retard : c’était prévu {due}. {count} fois suivantes ont aussi été manquées et ne sont pas rattrapées.',
  },
  'schedule.told-paused': '⏸️ J’ai mis en pause la question planifiée « {question} » (`{id}`) de {person} : {why}.',
  'help.more': 'Et aussi : {names}.',
  'not-here-only-in': 'Je ne réponds pas ici, seulement dans {channels}.',
  'gate.channel-not-chosen':
    'Ceux qui gèrent ce serveur ne me laissent répondre que dans d’autres salons (`/{setup}`).',
  'button.details': 'Détails',
  'button.rows': 'Plus de lignes',
  'button.steer': 'Envoyer à la réponse en cours',
  'button.interrupt': 'Interrompre celle-là',
  'card.question-refused':
    '❓ J’ai une question à ce sujet, mais elle ne peut pas rester ici : {why}\nElle est posée en vain ; redemandez, s’il vous plaît.',
  'schedule.example': 'tous les lundis à 9h',
  ...talk,
  ...rights,
  ...settings,
  ...answer,
  ...refusals,
  ...files,
  ...said,
});

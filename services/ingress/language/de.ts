import { answer } from './de/answer.ts';
import { files } from './de/files.ts';
import { refusals } from './de/refusals.ts';
import { rights } from './de/rights.ts';
import { said } from './de/said.ts';
import { settings } from './de/settings.ts';
import { talk } from './de/talk.ts';
import { translation } from './translation.ts';

export const de = translation({
  done: 'Erledigt.',
  'form.too-slow': 'Discord war zu langsam für das Formular; bitte versuche es noch einmal.',
  'answer.not-shown': '⚠️ Ich konnte meine Antwort nicht zeigen: {why}',
  'answer.queue-away':
    '⚠️ Das ging nicht: Meine Warteschlange ist gerade nicht erreichbar. Bitte versuche es in einer Minute noch einmal.',
  'button.unknown': 'Diesen Knopf kenne ich nicht mehr: Er stammt von einer anderen Version von mir.',
  'command.unknown': 'Diesen Befehl kenne ich nicht mehr. Lade Discord neu, um die zu sehen, die ich habe.',
  'message.unseen': 'Diese Nachricht kann ich nicht sehen.',
  'not-here': 'Hier antworte ich nicht. {why}',

  'help.ways':
    'Frag mich, was du willst: Erwähne mich, antworte auf eine meiner Nachrichten, schreib mir eine Direktnachricht oder nimm `/{ask}`.',
  'help.tools':
    'Ich antworte mit einem Sprachmodell und Werkzeugen und zeige, welche ich benutze. **{stopButton}** beendet eine Antwort, **{retryButton}** fragt noch einmal.',
  'help.commands':
    'Mit `/{new}` beginnst du ein neues Gespräch, `/{status}` zeigt, wie es mir geht und wo deine Fragen stehen, `/{stop}` beendet sie, `/{tools}` sagt, was ich hier für dich tun kann, `/{schedule}` lässt eine Frage zu bestimmten Zeiten stellen, `/{memory}` zeigt, was ich mir merken sollte, `/{whyCommand}`, warum ich auf eine Nachricht nicht geantwortet habe, `/{help}` diesen Text.',
  'door.queue-away':
    '⚠️ Ich konnte diese Frage nicht annehmen: Meine Warteschlange ist gerade nicht erreichbar. Bitte frag in einer Minute noch einmal.',
  'door.lost':
    '⚠️ Ich habe diese Frage verloren: Meine Warteschlange hat sie nicht mehr. Bitte frag noch einmal; was Werkzeuge dafür getan haben, bleibt getan.',
  'door.too-many': {
    one: 'Du hast eine unbeantwortete Frage, mehr nehme ich von einer Person nicht an. Frag wieder, wenn sie beantwortet ist, oder beende sie mit `/{stop}`.',
    other:
      'Du hast {count} unbeantwortete Fragen, mehr nehme ich von einer Person nicht an. Frag wieder, wenn einige beantwortet sind, oder beende sie mit `/{stop}`.',
  },
  'door.cannot-answer': '↪️ In {channel} konnte ich nicht antworten: {why}',
  'door.cannot-write': 'In {channel} kann ich nicht antworten: {why}',
  'door.empty': 'Darin ist nichts, was ich lesen kann.',

  'gate.own-message': 'Es ist eine meiner eigenen Nachrichten.',
  'gate.webhook': 'Ein Webhook hat sie geschrieben; jeder kann einem Webhook jeden Namen geben.',
  'gate.system': 'Discord selbst hat sie geschrieben.',
  'gate.bot': 'Ein Bot hat sie geschrieben. DISCORD_BOTS_ALLOW nennt die Bots, denen ich antworte.',
  'gate.bot-loop':
    'Dieser Bot hat in einer Minute mehr als 20 Nachrichten geschrieben: eine Minute Pause, damit wir nicht ewig reden.',
  'gate.not-ordinary': 'Es ist ein Hinweis von Discord (angeheftet, beigetreten, Boost), keine Nachricht.',
  'gate.addresses-others': 'Sie ist für jemand anderen bestimmt: Sie erwähnt andere und nicht mich.',
  'gate.not-addressed':
    'Sie spricht mich nicht an: Erwähne mich, antworte auf eine meiner Nachrichten, nimm /{ask} oder schreib mir eine Direktnachricht.',
  'gate.dm-off': 'Direktnachrichten sind abgeschaltet (DISCORD_DM).',
  'gate.server-not-allowed': 'Dieser Server steht nicht in DISCORD_GUILDS_ALLOW.',
  'gate.channel-denied': 'Dieser Kanal steht in DISCORD_CHANNELS_DENY.',
  'gate.channel-not-allowed': 'Dieser Kanal steht nicht in DISCORD_CHANNELS_ALLOW.',
  'gate.person-denied': 'Die Person oder eine ihrer Rollen steht in DISCORD_PEOPLE_DENY.',
  'gate.person-not-allowed': 'Weder die Person noch eine ihrer Rollen steht in DISCORD_PEOPLE_ALLOW.',
  'gate.too-many':
    'Wer sie schrieb, hatte so viele unbeantwortete Fragen, wie ich von einer Person annehme (DISCORD_MAX_PENDING).',
  'gate.empty': 'Sie enthält nichts, worauf ich antworten könnte; ich habe gesagt, wie man fragt.',
  'gate.queue-away': 'Die Warteschlange war nicht erreichbar, als sie kam; wer sie schrieb, hat es erfahren.',

  'why.not-found': 'Diese Nachricht finde ich in diesem Kanal nicht. Gib mir ihren Link oder ihre ID.',
  'why.dropped': 'Ich habe nicht geantwortet (Schranke {gate}): {why}',
  'why.as-it-stands': 'So, wie sie jetzt dasteht; sie wurde bearbeitet, und ich weiß nur, wie sie jetzt lautet.',
  'why.no-intent':
    'Mir fehlt der Message Content Intent, deshalb lese ich nur Nachrichten, die mich erwähnen: Er wird im Entwicklerportal auf der Seite Bot eingeschaltet.',
  'why.would-pass':
    'Jetzt käme sie durch alle meine Schranken. Wahrscheinlich kam sie, während ich länger weg war, als ich nachhole: Bitte schick sie noch einmal.',
  'why.edited-since':
    'Die Nachricht wurde bearbeitet, seit sie geschickt wurde. Eine Bearbeitung in den ersten Augenblicken zählt; nach einer späteren fragt **{retryButton}**, was jetzt dasteht.',
  'why.edited-into-one':
    'Als sie kam, habe ich nicht geantwortet. So, wie sie jetzt dasteht, käme sie durch alle meine Schranken, aber sie wurde bearbeitet, und auf eine Bearbeitung antworte ich nicht: Bitte schick sie noch einmal.',
  'why.forgotten': 'Aus ihr wurde der Lauf {run}, der nicht mehr aufbewahrt wird.',
  'why.queued': 'Aus ihr wurde der Lauf {run}, und er wartet, bis er an der Reihe ist.',
  'why.running': 'Aus ihr wurde der Lauf {run}, an dem gerade gearbeitet wird{where}.',
  'why.waiting': 'Aus ihr wurde der Lauf {run}, der auf jemandes Entscheidung wartet{where}.',
  'why.answered': 'Aus ihr wurde der Lauf {run}, und er wurde beantwortet{where}.',
  'why.stopped': 'Aus ihr wurde der Lauf {run}, der angehalten wurde{where}: {text}',
  'why.failed': 'Aus ihr wurde der Lauf {run}, der gescheitert ist{where}: {text}',

  'new.dm': 'Ein neues Gespräch: Was wir vorher geschrieben haben, sehe ich nicht an.',
  'new.channel':
    'Ein neues Gespräch: Was du mich hier vorher gefragt hast, sehe ich nicht an. Das der anderen geht weiter.',
  'new.thread': 'Ein neues Gespräch, für alle in diesem Thread: Was vorher geschrieben wurde, sehe ich nicht an.',
  'new.go-back': 'Um bei einer früheren Nachricht weiterzumachen, antworte auf sie.',
  'new.still-coming': {
    one: 'Eine frühere Frage wird zuerst beantwortet, als hätte sich nichts geändert.',
    other: '{count} frühere Fragen werden zuerst beantwortet, als hätte sich nichts geändert.',
  },
  'stop.moderators-only': 'Fragen anderer können nur Moderatoren dieses Kanals anhalten.',
  'stop.nothing': 'In diesem Kanal gibt es nichts anzuhalten.',
  'stop.stopping': { one: 'Ich halte eine Frage an.', other: 'Ich halte {count} Fragen an.' },

  'status.discord': '🟢 **Discord** verbunden',
  'status.discord-ms': '🟢 **Discord** verbunden, {ms} ms',
  'status.queue-away':
    '🔴 **Warteschlange** nicht erreichbar: Ich kann gerade keine Fragen annehmen, und Antworten warten.',
  'status.queue-empty': '🟢 **Warteschlange** keine Frage wartet',
  'status.queue': {
    one: '🟢 **Warteschlange** eine Frage vor dir',
    other: '🟢 **Warteschlange** {count} Fragen vor dir',
  },
  'status.about': ': etwa {wait}',
  'status.idle': 'frei',
  'status.at-work': { one: 'an einer Frage', other: 'an {count} Fragen' },
  'status.workers': '🟢 **Worker** {number}, {busy}',
  'status.workers-unseen': '⚪ **Worker** {busy}',
  'status.no-workers': '🔴 **Worker** keiner läuft: Fragen werden aufbewahrt und beantwortet, wenn wieder einer da ist',
  'status.model-answers': '🟢 **Modell** hat {when} geantwortet',
  'status.model-fails': '🔴 **Modell** antwortet seit {when} nicht; Fragen werden noch einmal versucht',
  'status.model-unknown': '⚪ **Modell** länger nicht gefragt',
  'status.none-unanswered': 'Keine deiner Fragen ist unbeantwortet.',
  'status.yours': '**Deine Fragen**',
  'status.more': '… und {number} weitere',
  'status.queued': '⏳ In der Warteschlange',
  'status.running': '⚙️ in Arbeit',
  'status.waiting': '✋ wartet auf jemandes Entscheidung',

  'tools.unknown': 'Noch hat kein Worker gesagt, welche Werkzeuge es gibt. Versuche es in einer Minute wieder.',
  'tools.none': 'Deine Rollen geben dir hier keine Werkzeuge. Ich antworte aus dem, was ich weiß.',
  'tools.yours': '**Deine Werkzeuge** (✋ fragt erst jemanden)',
  'tools.prompts': '**Prompts der Server** (bitte in eigenen Worten darum)',
  'tools.away': '🔴 Gerade nicht erreichbar: {names}',
  'lines.more': { one: '… und eine weitere Zeile', other: '… und {count} weitere Zeilen' },
  'memory.none': 'Für dich habe ich mir hier nichts gemerkt. Bitte mich, mir etwas zu merken.',
  'memory.none-of-yours': 'Von dir hatte ich mir nichts gemerkt.',
  'memory.deleted-all': { one: 'Das eine von dir ist gelöscht.', other: 'Alle {count} von dir sind gelöscht.' },
  'memory.unknown': 'Unter {id} habe ich mir nichts gemerkt, was du hier sehen kannst. `/{memory}` zeigt die IDs.',
  'memory.of-channel': 'Das hat jemand anderes für diesen Kanal gespeichert; du darfst es nicht löschen.',
  'memory.of-server': 'Das hat jemand anderes für diesen Server gespeichert; du darfst es nicht löschen.',
  'memory.deleted': 'Gelöscht: {text}',
  'memory.mine': 'Von dir',
  'memory.channel': 'Dieser Kanal',
  'memory.server': 'Dieser Server',
  'memory.page': 'Seite {page} von {pages}; `/{memory} seite:{next}` zeigt eine andere',
  'memory.how-to-delete': '`/{memory} löschen:` und eine ID vergisst eines',

  'queue.behind': {
    one: '⏳ In der Warteschlange: Eine Frage dieses Gesprächs kommt zuerst.',
    other: '⏳ In der Warteschlange: {count} Fragen dieses Gesprächs kommen zuerst.',
  },
  'queue.position': '⏳ In der Warteschlange: Platz {position}',
  'queue.position-wait': '⏳ In der Warteschlange: Platz {position}, etwa {wait}',
  'queue.no-worker': '⏳ Warte auf einen freien Worker…',
  'run.working': '⏳ Ich arbeite daran… gefragt {since}',
  'run.waiting-model': '⏳ Ich warte auf das Modell, nächster Versuch {at}; gefragt {since}',
  'run.since': '⏳ gefragt {since}',
  'run.anew': '🔁 Ich antworte neu…',
  'run.stopping': '⏹️ Ich halte an…',
  'run.answered-anew': '♻️ neu beantwortet',
  'run.stopped-by': 'Angehalten von {name}.',
  'run.table': '📊 Ich schreibe eine Tabelle…',
  'run.table-rows': {
    one: '📊 Ich schreibe eine Tabelle: bisher eine Zeile…',
    other: '📊 Ich schreibe eine Tabelle: bisher {count} Zeilen…',
  },
  'run.rest-left-out': '✂️ Der Rest fehlt: Mir fehlt hier das Recht *Dateien anhängen*.',
  'run.whole-in-file': '📄 Die ganze Antwort steht in der Datei.',
  'run.rest-in-file': '📄 Der Rest kommt als Datei.',
  'run.pictures-left-out': '🖼️ Bilder fehlen ({number}): Mir fehlt hier das Recht *Dateien anhängen*.',
  'run.goes-on': '↪️ Ich mache per Direktnachricht weiter.',
  'run.refused': '⚠️ Meine Antwort kann hier nicht stehen: {why} Sie ist unter der ID ihres Laufs aufbewahrt.',
  'footer.tokens': '{input} → {output} Token',
  'footer.first-token': 'erstes Token {time}',
  'footer.tools': 'Werkzeuge: {names}',
  'footer.more': '{names} und {number} weitere',
  'footer.run': 'Lauf {run}',

  'button.stop': 'Stopp',
  'button.retry': 'Noch einmal',
  'button.allow': 'Einmal erlauben',
  'button.deny': 'Ablehnen',
  'button.happened': 'Es ist geschehen',
  'button.did-not-happen': 'Ist es nicht: ausführen',
  'button.leave': 'Lassen',
  'retry.not-yours': 'Noch einmal fragen kann nur {person} oder wer diesen Server verwaltet.',
  'stop.not-yours': 'Anhalten kann das nur {person} oder wer diesen Kanal moderiert.',
  'vote.thanks': 'Danke, notiert: {vote}',
  'vote.what-was-wrong': 'Was war falsch?',
  'vote.reason': 'Grund (darf leer bleiben)',

  'card.unknown-outcome':
    '❓ **{tool} ist vielleicht geschehen, vielleicht nicht.** Ein Worker starb mitten im Aufruf. Ist es geschehen?',
  'card.asks': '✋ **Dragoman fragt, bevor es {tool} ausführt**',
  'card.asked-by': 'gefragt von {person} · Lauf {run}',
  'card.posted-in': 'wird geschrieben in {channel}',
  'card.in-file': '{number} Zeichen, sha256 {digest}…; ganz in der Datei. Lies sie, bevor du entscheidest.',
  'card.not-in-full':
    '{number} Zeichen, sha256 {digest}…; nicht ganz gezeigt, denn mir fehlt hier das Recht *Dateien anhängen*. `npx dragoman approvals` zeigt und entscheidet es.',
  'card.blanks': '⟨{number} Leerzeichen⟩',
  'card.decide-until': 'Entscheide {when}, sonst gilt es als abgelehnt.',
  'card.run-ended': '⌛ Der Lauf endete, bevor jemand entschied.',
  'card.allowed': '✅ Erlaubt von {who}',
  'card.denied': '⛔ Abgelehnt von {who}',
  'card.expired': '⌛ Abgelaufen: Niemand hat rechtzeitig entschieden',
  'card.happened': '✅ Es ist geschehen, sagt {who}',
  'card.did-not-happen': '↩️ Es ist nicht geschehen, sagt {who}',
  'card.does-not-stand':
    '✋ **Dragoman fragt, bevor es ein Werkzeug ausführt**, aber die Frage kann hier nicht stehen: {why}\n`npx dragoman approvals` zeigt und entscheidet sie.',
  'decide.stale': 'Diese Karte gehört zu keiner offenen Frage.',
  'decide.too-late': 'Die Zeit für diese Entscheidung ist vorbei; es wurde nichts getan.',
  'decide.not-in-dm':
    'In Direktnachrichten sehe ich deine Rollen nicht, deshalb entscheidet hier niemand. Bitte frag in einem Kanal des Servers.',
  'decide.not-yours':
    'Das entscheiden können nur {person}, wer diesen Kanal moderiert, oder wer Freigaben erteilen darf.',
  'decide.no-right':
    'Deine Rollen lassen dich dieses Werkzeug nicht benutzen, also kannst du es auch weder erlauben noch ablehnen.',

  'failure.internal': 'In Dragoman ist etwas schiefgegangen; der Betreiber findet es im Log unter der ID des Laufs.',
  'failure.deadline': 'Die Zeit für diese Frage ist vorbei.',
  'failure.budget': 'Das Budget für das Modell ist aufgebraucht; der Betreiber muss es erhöhen.',
  'failure.context-too-long':
    'Dieses Gespräch ist für das Modell zu lang geworden. Beginne ein neues, oder frag nach weniger auf einmal.',
  'failure.refused-content': 'Der Anbieter des Modells hat diesen Inhalt abgelehnt. Frag anders.',
  'failure.timeout': 'Das Modell hat zu lange gebraucht. Frag noch einmal, oder nach weniger.',
  'failure.rate-limit': 'Das Modell wird gerade zu oft gefragt. Frag in einer Minute noch einmal.',
  'failure.overloaded': 'Das Modell ist gerade überlastet. Frag in einer Minute noch einmal.',
  'failure.provider':
    'Beim Anbieter des Modells ist etwas gescheitert. Frag noch einmal; bleibt es so, sag es dem Betreiber.',
  'failure.network':
    'Das Modell-Gateway ist gerade nicht erreichbar. Frag in einer Minute noch einmal; bleibt es so, sag es dem Betreiber.',
  'failure.cut-stream': 'Die Antwort des Modells brach mittendrin ab. Frag noch einmal.',
  'failure.away':
    'Das Modell ist mehrmals hintereinander gescheitert und wird einige Sekunden in Ruhe gelassen. Frag in einer Minute noch einmal.',
  'failure.late-start':
    'Das Modell hat nicht rechtzeitig zu antworten begonnen. Frag noch einmal; bleibt es so, sag es dem Betreiber.',
  'failure.stalled': 'Das Modell hat mitten in seiner Antwort aufgehört. Frag noch einmal.',
  'failure.too-slow': 'Das Modell hat für seine Antwort zu lange gebraucht. Frag noch einmal, oder nach weniger.',
  'failure.bad-key': 'Das Modell-Gateway hat den Schlüssel abgelehnt; der Betreiber muss LITELLM_API_KEY prüfen.',
  'failure.model-not-found': 'Das Modell-Gateway kennt dieses Modell nicht; der Betreiber muss MODEL_NAME prüfen.',

  'schedule.added': '⏰ Geplant als `{id}`: {when} ({zone}), in {channel}. Das nächste Mal ist {next}.',
  'schedule.added-once': '⏰ Geplant als `{id}`, in {channel}: {next}.',
  'schedule.no-time': 'Sag auch die Uhrzeit, zum Beispiel „{example}“.',
  'schedule.not-understood':
    'Ich verstehe nicht, wann das ist. Zum Beispiel: „jeden Werktag um 9:00“, „morgen 8 Uhr“, „in 2 Stunden“, „alle 15 Minuten“, oder Cron: `0 9 * * 1-5`.',
  'schedule.past': 'Diese Zeit ist vorbei.',
  'schedule.never': 'Das kommt nie.',
  'schedule.too-often': {
    one: 'Das ist zu oft: höchstens einmal in der Minute.',
    other: 'Das ist zu oft: höchstens alle {count} Minuten.',
  },
  'schedule.no-zone': 'Die Zeitzone {zone} kenne ich nicht. Schreib sie wie „Europe/Berlin“.',
  'schedule.no-question': 'Sag, was ich fragen soll.',
  'schedule.too-many-of-maker': {
    one: 'Du hast eine geplante Frage, mehr bewahre ich für eine Person nicht auf. `/{schedule} löschen` entfernt sie.',
    other:
      'Du hast {count} geplante Fragen, mehr bewahre ich für eine Person nicht auf. `/{schedule} löschen` entfernt eine.',
  },
  'schedule.too-many-in-place': {
    one: 'Dieser Server hat eine geplante Frage, mehr bewahre ich für einen Server nicht auf.',
    other: 'Dieser Server hat {count} geplante Fragen, mehr bewahre ich für einen Server nicht auf.',
  },
  'schedule.token-only':
    'Hier kann ich nicht von mir aus schreiben, also zu anderen Zeiten nicht antworten. Lass mich erst auf den Server.',
  'schedule.you-cannot-write': 'In {channel} kannst du selbst nicht schreiben.',
  'schedule.other-server': 'Dieser Kanal gehört nicht zu diesem Server.',
  'schedule.unknown': 'Hier gibt es keine geplante Frage `{id}` von dir. `/{schedule} liste` zeigt sie.',
  'schedule.none': 'Hier ist nichts geplant. `/{schedule} hinzufügen` plant eine Frage.',
  'schedule.yours': '**Geplante Fragen**',
  'schedule.line': '`{id}` {question} · {when} ({zone}) in {channel}',
  'schedule.line-of': 'von {person}',
  'schedule.next': 'als Nächstes {when}',
  'schedule.unpaid': 'ausgelassen {when}: das Budget war aufgebraucht',
  'schedule.paused': '⏸️ ruht: {why}',
  'schedule.pause-asked': '{name} hat sie angehalten',
  'schedule.pause-left': 'wer sie gemacht hat, ist nicht mehr auf dem Server',
  'schedule.pause-no-access': 'wer sie gemacht hat, darf in dem Kanal nicht mehr schreiben',
  'schedule.pause-not-here': 'dort antworte ich ihr oder ihm nicht mehr',
  'schedule.pause-no-place': 'der Kanal oder der Server ist weg, oder ich kann dort nicht schreiben',
  'schedule.pause-not-chosen':
    'wer den Server verwaltet, lässt mich nur noch in anderen Kanälen antworten (`/{setup}`)',
  'schedule.now-paused': '⏸️ `{id}` ruht. `/{schedule} fortsetzen` lässt sie weitergehen.',
  'schedule.now-resumed': '▶️ `{id}` geht weiter. Das nächste Mal ist {next}.',
  'schedule.cannot-resume': '`{id}` ruht nicht, oder ihre Zeit ist vorbei.',
  'schedule.already-paused': '`{id}` ruht schon.',
  'schedule.deleted': '🗑️ `{id}` ist gelöscht.',
  'schedule.heading': '⏰ {question} · {when}, für {person}',
  'schedule.late': '⌛ Verspätet: Das war {due} fällig.',
  'schedule.late-more': {
    one: '⌛ Verspätet: Das war {due} fällig. Auch ein späteres Mal wurde versäumt und wird nicht nachgeholt.',
    other: '⌛ Verspätet: Das war {due} fällig. Auch {count} spätere Male wurden versäumt und werden nicht nachgeholt.',
  },
  'schedule.told-paused': '⏸️ Ich habe die geplante Frage „{question}“ (`{id}`) von {person} angehalten: {why}.',
  'help.more': 'Außerdem: {names}.',
  'not-here-only-in': 'Hier antworte ich nicht, nur in {channels}.',
  'gate.channel-not-chosen': 'Wer diesen Server verwaltet, lässt mich nur in anderen Kanälen antworten (`/{setup}`).',
  'button.details': 'Einzelheiten',
  'button.rows': 'Weitere Zeilen',
  'button.steer': 'An die laufende Antwort geben',
  'button.interrupt': 'Jene unterbrechen',
  'card.question-refused':
    '❓ Ich habe dazu eine Frage, aber sie kann hier nicht stehen: {why}\nSie bleibt ungehört; bitte frag noch einmal.',
  'schedule.example': 'jeden Werktag um 9:00',
  ...talk,
  ...rights,
  ...settings,
  ...answer,
  ...refusals,
  ...files,
  ...said,
});

export const talk = {
  'context.head': '**Esta conversación**',
  'context.thread': {
    one: 'En un hilo leo su último mensaje para cada pregunta.',
    other: 'En un hilo leo sus últimos {count} mensajes para cada pregunta.',
  },
  'context.kept': {
    one: 'Guardo un mensaje de ella, unos {tokens} tokens.',
    other: 'Guardo {count} mensajes de ella, unos {tokens} tokens.',
  },
  'context.summary': {
    one: 'Un resumen ocupa el lugar de un mensaje anterior (por {model}, {when}):',
    other: 'Un resumen ocupa el lugar de {count} mensajes anteriores (por {model}, {when}):',
  },
  'context.read': {
    one: 'Para tu última pregunta miré un mensaje: unos {tokens} de {room} tokens como máximo.',
    other: 'Para tu última pregunta miré {count} mensajes: unos {tokens} de {room} tokens como máximo.',
  },
  'context.read-with-summary': {
    one: 'Para tu última pregunta miré un mensaje y el resumen: unos {tokens} de {room} tokens como máximo.',
    other: 'Para tu última pregunta miré {count} mensajes y el resumen: unos {tokens} de {room} tokens como máximo.',
  },
  'context.all': 'No se omitió nada.',
  'context.left-out': { one: 'Un mensaje anterior no cupo.', other: '{count} mensajes anteriores no cupieron.' },
  'context.hint': '`/{undo}` quita de ella tu última pregunta, `/{reset}` empieza una nueva.',
  'undo.unanswered':
    'Una pregunta de esta conversación aún no tiene respuesta. `/{stop}` la detiene; lo respondido antes se puede deshacer entonces.',
  'undo.nothing': 'En esta conversación no hay ninguna pregunta tuya que pueda quitar.',
  'undo.done': 'Quitado: «{question}» y su respuesta. Ya no los miro.',
  'undo.more': '`/{undo}` otra vez quita la anterior.',
  'retry.none': 'No conozco ninguna pregunta tuya en este canal. Hazme una.',
  'retry.unanswered': 'Tu última pregunta aún no tiene respuesta. `/{stop}` la detiene.',
  'retry.asking': '🔁 Pregunto de nuevo: la respuesta nueva ocupa el lugar de la anterior. {link}',
  'forget.what':
    'Esto olvida, en todas partes y para siempre: tus preguntas con sus respuestas, archivos y lo que las herramientas devolvieron para ellas, tu parte de todas las conversaciones, tus recuerdos y lo que guardaste para otros, tus votos, tus ajustes, tus preguntas programadas. Las preguntas aún sin responder se detienen.',
  'forget.stays':
    'Lo que queda: el registro de auditoría (qué herramientas se llamaron para quién, con qué cambios y quién lo permitió) hasta que termine su propio plazo; las sumas de lo usado, porque los límites las cuentan; los registros de los servidores en los que funciono, que te nombran por tu ID y no contienen nada de lo que escribiste, hasta que quien los opera los borre; lo que otros preguntaron y se les respondió, también donde te cita; lo que está en Discord mismo, que puedes borrar allí.',
  'forget.yes': 'Olvídame',
  'forget.no': 'Conservar todo',
  'forget.kept': 'No se olvidó nada.',
  'forget.noted':
    'Queda anotado y se hará en cuanto un worker pueda: todo lo tuyo desaparece, también si me reinician mientras tanto.',
  'forget.nothing': 'No sabía nada de ti.',
  'forget.done': 'Olvidado: {what}.',
  'forget.runs': { one: '{count} pregunta con su respuesta', other: '{count} preguntas con sus respuestas' },
  'forget.talks': { one: '{count} conversación', other: '{count} conversaciones' },
  'forget.memories': { one: '{count} recuerdo', other: '{count} recuerdos' },
  'forget.settings': { one: '{count} ajuste', other: '{count} ajustes' },
  'forget.votes': { one: '{count} voto', other: '{count} votos' },
  'forget.schedules': { one: '{count} pregunta programada', other: '{count} preguntas programadas' },
} as const;

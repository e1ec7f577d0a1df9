export const said = {
  'failure.tools-unsupported':
    'Este modelo no puede llamar a herramientas por sí mismo; el operador puede poner TOOL_PROTOCOL=prompted o auto.',
  'failure.missing-key':
    'El proveedor del modelo necesita una clave y no hay ninguna; el operador tiene que poner una.',
  'failure.model-denied':
    'La clave de la pasarela de modelos no puede usar este modelo; el operador tiene que permitirlo.',
  'failure.bad-endpoint': 'No hay ninguna pasarela de modelos en LITELLM_API_BASE; el operador tiene que arreglarlo.',
  'failure.moved':
    'La pasarela de modelos está en otra dirección que la de LITELLM_API_BASE; el operador tiene que poner la nueva.',
  'failure.bad-request':
    'La pasarela de modelos rechazó la petición por errónea; el operador encuentra en el registro lo que dijo.',
  'failure.certificate':
    'El certificado de la pasarela de modelos no es de confianza; el operador tiene que arreglarlo.',
  'failure.not-tls': 'LITELLM_API_BASE dice https, pero lo que hay allí habla http; el operador tiene que arreglarlo.',
  'failure.bad-format':
    'El proveedor del modelo envió una respuesta que no se puede leer. Pregunta de nuevo; si sigue así, avisa al operador.',
  'failure.web-page':
    'Llegó una página web en lugar de una respuesta del modelo; el operador tiene que revisar LITELLM_API_BASE.',
  'failure.bad-call':
    'El modelo escribió una llamada a una herramienta que su proveedor no pudo leer. Pregunta de nuevo, o con otras palabras.',
  'failure.endless': 'La respuesta del modelo no tenía fin. Pregunta de nuevo, o pide menos.',
  'said.run-budget': 'Esta pregunta ha agotado su presupuesto de {limit} $; hasta ahora ha costado {cost} $.',
  'said.month-budget': 'El presupuesto de este mes, {limit} $, está agotado.',
  'said.stopped-before': 'Detenido por {name} antes de que se hiciera nada.',
  'said.no-tool': 'No se había usado ninguna herramienta.',
  'said.done': 'Hecho: {tools}.',
  'said.not-done': 'Sin hacer: {tools}.',
  'said.unclear': 'Puede haber ocurrido o no: {tools}.',
  'said.pictures-unseen': {
    one: 'El modelo {model} no ve imágenes: responde sin la que vino con la pregunta.',
    other: 'El modelo {model} no ve imágenes: responde sin las {count} que vinieron con la pregunta.',
  },
  'said.still-trying': 'Sigo intentándolo.',
  'said.shortened':
    'La conversación se había vuelto demasiado larga para el modelo; se omiten mensajes anteriores y resultados largos.',
  'said.talk-grown': {
    one: 'Esta conversación se ha hecho larga: miré el mensaje anterior a este.',
    other: 'Esta conversación se ha hecho larga: miré los {count} mensajes anteriores a este.',
  },
  'said.talk-grown-notes': {
    one: 'Esta conversación se ha hecho larga: miré el mensaje anterior a este y mis notas sobre los más antiguos.',
    other:
      'Esta conversación se ha hecho larga: miré los {count} mensajes anteriores a este y mis notas sobre los más antiguos.',
  },
  'said.talk-none': 'Esta conversación se ha hecho larga: no miré nada de lo dicho antes.',
  'said.talk-only-notes': 'Esta conversación se ha hecho larga: solo miré mis notas sobre lo dicho antes.',
  'said.talk-left-out': { one: '{count} más antiguo no cupo.', other: '{count} más antiguos no cupieron.' },
} as const;

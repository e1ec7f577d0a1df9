export const talk = {
  'context.head': '**Esta conversa**',
  'context.thread': {
    one: 'Em um tópico leio a última mensagem para cada pergunta.',
    other: 'Em um tópico leio as últimas {count} mensagens para cada pergunta.',
  },
  'context.kept': {
    one: 'Guardo {count} mensagem dela, cerca de {tokens} tokens.',
    other: 'Guardo {count} mensagens dela, cerca de {tokens} tokens.',
  },
  'context.summary': {
    one: 'Um resumo ocupa o lugar de {count} mensagem mais antiga (por {model}, {when}):',
    other: 'Um resumo ocupa o lugar de {count} mensagens mais antigas (por {model}, {when}):',
  },
  'context.read': {
    one: 'Para sua última pergunta olhei {count} mensagem: cerca de {tokens} de no máximo {room} tokens.',
    other: 'Para sua última pergunta olhei {count} mensagens: cerca de {tokens} de no máximo {room} tokens.',
  },
  'context.read-with-summary': {
    one: 'Para sua última pergunta olhei {count} mensagem e o resumo: cerca de {tokens} de no máximo {room} tokens.',
    other: 'Para sua última pergunta olhei {count} mensagens e o resumo: cerca de {tokens} de no máximo {room} tokens.',
  },
  'context.all': 'Nada ficou de fora.',
  'context.left-out': {
    one: '{count} mensagem mais antiga não coube.',
    other: '{count} mensagens mais antigas não couberam.',
  },
  'context.hint': '`/{undo}` tira dela sua última pergunta, `/{reset}` começa uma nova.',
  'undo.unanswered':
    'Uma pergunta desta conversa ainda não tem resposta. `/{stop}` a encerra; o que foi respondido antes pode então ser desfeito.',
  'undo.nothing': 'Não há nesta conversa nenhuma pergunta sua que eu possa tirar.',
  'undo.done': 'Tirado: “{question}” e a resposta. Não olho mais para eles.',
  'undo.more': '`/{undo}` mais uma vez tira a anterior.',
  'retry.none': 'Não conheço nenhuma pergunta sua neste canal. Faça uma.',
  'retry.unanswered': 'Sua última pergunta ainda não tem resposta. `/{stop}` a encerra.',
  'retry.asking': '🔁 Pergunto de novo: a nova resposta toma o lugar da antiga. {link}',
  'forget.what':
    'Isto esquece, em todo lugar e para sempre: suas perguntas com respostas, arquivos e o que as ferramentas devolveram para elas, sua parte de todas as conversas, suas lembranças e o que você salvou para outros, seus votos, seus ajustes, suas perguntas agendadas. Perguntas ainda sem resposta são paradas.',
  'forget.stays':
    'O que fica: o log de auditoria (que ferramentas foram chamadas para quem, com que mudanças e quem permitiu) até o fim do próprio prazo; as somas do que foi usado, porque os limites as contam; os logs dos servidores em que funciono, que nomeiam você pelo ID e não contêm nada do que você escreveu, até que quem os opera os apague; o que outros perguntaram e receberam como resposta, também onde cita você; o que está no próprio Discord, que você pode apagar lá.',
  'forget.yes': 'Esqueça-me',
  'forget.no': 'Manter tudo',
  'forget.kept': 'Nada foi esquecido.',
  'forget.noted':
    'Está anotado e será feito assim que um worker puder: tudo o que é seu some, mesmo que eu seja reiniciado nesse meio-tempo.',
  'forget.nothing': 'Eu não sabia nada de você.',
  'forget.done': 'Esquecido: {what}.',
  'forget.runs': { one: '{count} pergunta com a resposta', other: '{count} perguntas com as respostas' },
  'forget.talks': { one: '{count} conversa', other: '{count} conversas' },
  'forget.memories': { one: '{count} lembrança', other: '{count} lembranças' },
  'forget.settings': { one: '{count} ajuste', other: '{count} ajustes' },
  'forget.votes': { one: '{count} voto', other: '{count} votos' },
  'forget.schedules': { one: '{count} pergunta agendada', other: '{count} perguntas agendadas' },
} as const;

import { chatRequestRules } from './chat-requests.ts'
import { chatResponseRules } from './chat-responses.ts'
import { type Rule, section } from './rule.ts'

/** The rules of the translation to Converse and back, and of the parts that other files list. */

const transport = section({
  T1: 'the model is one encoded segment of the path, whatever its id',
  T2: 'a bearer key, JSON, nothing signed',
  T3: 'the body has no member that AWS does not know, and no empty one',
  T4: "every knob goes through exactly one of Converse's two channels",
  T5: "the upstream's request id and exception name are read from its headers",
  T6: 'base64 goes on as it came, but for white space and a data URL in front',
  T7: 'a client that leaves ends the upstream call; a silent stream is pinged',
})

const requestFields = section(
  {
    model: 'resolved by name, sent in the path, echoed as it was asked for',
    max_tokens: '0 fills the cache; over the limit is said in Anthropic words',
    'system text': 'blank ones go',
    'system blocks': 'boundaries and cache markers stay; the billing line goes',
    temperature: '0 survives; dropped where the model thinks or takes none',
    top_p: 'dropped where the model takes only one of the two',
    top_k: 'an additional field; dropped where the model thinks or takes none',
    stop_sequences: 'blank ones are refused, an empty list is left out',
    stream: 'decides the endpoint and is never sent',
    thinking: 'goes on as it is, in the form that the model takes',
    effort: 'the level asked for, or the next lower that the model knows',
    'output format': 'a schema as Converse wants it, or asked for in the system prompt',
    task_budget: 'dropped',
    metadata: 'dropped: its characters are refused',
    service_tier: 'dropped; the tier is the owner of the server',
    cache_control: 'automatic caching marks the end of the conversation',
    context_management: 'only together with its beta flag',
    safeguards: 'only together with its beta flag',
    thread: 'refused in the form after which the SDK sends whole conversations',
    'refused fields': 'container, mcp_servers and skills change what is asked: refused',
    'dropped fields': 'the rest, and whatever is unknown, goes nowhere but into the log',
    'stop sequence paths': 'asked for only with stop sequences',
    'fixed fields': 'guardrail, latency and tier of the server',
  },
  '1.1 ',
)

const pipeline = section(
  {
    '1': 'a text is a list of one block; an unknown role is refused',
    '2': 'system messages stay in place, as words or natively; leading ones belong to the prompt',
    '3': 'each block by its own rule; what leaves nothing leaves no trace but its marker',
    '4': 'results come first in their turn; broken pairs are refused in Anthropic words',
    '5': 'consecutive messages of one side are one turn',
    '6': 'an empty user turn gets a placeholder that is not blank, an empty assistant turn goes',
    '7': 'the user comes first',
    '8': 'native order, but for tool uses, which come last',
    '9': 'prefill only where the model takes it',
    '10': 'at most 20 images and documents, 5 documents in a message',
    '11': 'a message with a document says something, too',
    '12': 'cache points come last of all, when everything has its place',
  },
  '1.2.',
)

const blocks = section({
  B1: 'text; blank ones go and hand their marker on',
  B2: 'images by their bytes, not their label; only what Bedrock takes',
  B3: 'images by URL are fetched, safely',
  B4: 'files by id are refused: there is no Files API',
  B5: 'search results',
  B6: 'thinking goes on unchanged, with its signature, or not at all',
  B7: 'redacted thinking goes on unchanged',
  B8: "a tool's input is an object",
  B9: "a tool's result is never empty, and says that it failed",
  B9a: 'a text of JSON stays a text',
  B9b: 'texts, images, documents and search results inside a result',
  B9c: 'a tool reference becomes words, and its tool is loaded',
  B10: "what Anthropic's own tools did is told as words",
  B11: 'a file for a container becomes a note',
  B12: 'a summary takes the place of what it sums up',
  B13: 'a change of models says nothing to the model',
  B14: 'an unknown kind is refused with the kinds that there are',
  D1: 'PDFs',
  D2: 'plain text; empty documents go',
  D3: 'content keeps its parts; images in it stand beside it',
  D4: 'documents by URL are fetched, safely',
  D5: 'names are lawful, unique in the request and the same in every turn',
  D6: "a PDF's pages are seen, and the citations nobody asked for are taken out again",
  D7: 'citations that were asked for',
  D8: 'context, unless it is blank',
})

const tools = section({
  N1: 'names that are too long or odd are shortened by themselves alone, and mapped back',
  N2: 'a blank description is left out',
  N3: 'foreign ids are made lawful, the same for use and result',
  N4: 'a schema is an object at its root and untouched below',
  N5: 'strict only where the owner wants it and the model takes it',
  N6: 'eager input streaming becomes its beta flag',
  N7: 'examples are dropped',
  N8: 'deferred tools are loaded when something names them',
  N9: 'a marker on a tool',
  N10: 'bash, text editor and memory get a schema, computer use its own channel',
  N11: 'server tools are removed; a forced one is refused in words',
  N12: 'two tools of one name are refused; an empty list is not sent',
  N13: 'a history of tool uses has its tools',
})

const choices = section(
  {
    'absent and auto': 'nothing is sent',
    any: "Converse's own",
    tool: "Converse's own; an unknown name is refused",
    none: 'an additional field; the tools stay',
    'auto without parallel': 'an additional field with its type',
    'forced without parallel': 'both channels, the type in one of them',
    'without tools': 'a forced choice is refused in Anthropic words, a free one goes',
    'with thinking': 'a forced choice becomes a free one',
    'newest models': 'are never forced',
  },
  '1.5 ',
)

const capabilities = section(
  {
    'up to 3.5': 'no thinking',
    '3.7 to 4.1': 'thinking with a budget',
    '4.5': 'one of temperature and top_p; an hour of cache',
    'opus 4.5': 'effort, with its beta flag',
    '4.6': 'adaptive thinking, effort, no prefill',
    'opus 4.7': 'adaptive thinking alone, no sampling',
    'opus 4.8': 'system messages in mid-conversation',
    'version 5': 'thinks unasked',
    fable: 'thinks always',
    '5.5': 'no forced tool',
    unknown: 'is taken for the newest',
    'other vendors': "none of Anthropic's own fields",
    budget: 'one above max_tokens is sent with interleaved thinking, and refused in Anthropic words without',
  },
  '1.6 ',
)

const betas = section(
  {
    'allow-list': 'split, trimmed, each once; what Converse does not take goes',
    'owner list': 'what the owner lets through goes, too',
    'context-1m': 'for the models that it widens',
    'interleaved-thinking': 'with a budget, for the models that take it',
    'effort flag': 'for Opus 4.5 alone',
    'display flag': 'with its field',
    'computer-use': 'with its tool',
  },
  '1.7 ',
)

const caching = section({
  K1: 'markers with their lifetime, everywhere',
  K2: 'no lifetime for models that take none',
  K3: 'never inside a tool result',
  K4: 'never behind reasoning',
  K5: 'never first in a message',
  K6: 'never behind a document that is no PDF',
  K7: 'at most four: the last of the tools, of the system prompt, two of the messages',
  K8: 'lifetimes keep the order that the client gave them',
  K9: 'a model without caching: sent once more without',
  K10: 'markers that meet become one',
  K11: 'a prompt below the smallest cacheable size',
  K12: 'a longer conversation begins with the bytes of the shorter one',
})

const counting = section(
  {
    'own count': "Nexus's own, at most four at once, for two seconds, remembered",
    'no operation': 'remembered; from then on the estimate',
    sum: 'the estimate is a sum of parts',
    calibration: 'it learns from each answer, within bounds',
    bias: 'a little high rather than low',
    media: 'images by pixels, PDFs by page, never base64 as text',
  },
  '1.9 ',
)

const healing = section(
  {
    'tool members': 'refused members of tools',
    'additional fields': 'refused additional fields, with their flags',
    'extraneous keys': "refused members of Converse's own",
    'beta flags': 'all flags go',
    'cache points': 'all cache points go',
    sampling: 'temperature, top_p, top_k',
    'thinking type': 'the other one',
    'system role': 'as words from then on',
    conflicts: 'the additional field goes',
    'tool choice': 'without tools, or with stand-ins',
    'anything else': 'is the client to hear; one retry, remembered per model',
  },
  '1.10 ',
)

const answers = section(
  {
    id: 'every answer has its own',
    'model name': 'as it was asked for',
    text: 'in order; empty ones go',
    citations: 'mapped where they were asked for, joined where not',
    reasoning: 'with its signature, or with the signature alone',
    redacted: 'the same base64',
    'tool use': 'name mapped back; the input is an object',
    'stop sequence': 'from either place, or the only one there was',
    usage: 'as it is counted; missing figures are 0',
    'cache details': 'by lifetime, or by the lifetime that was asked for',
    'service tier': 'priority or standard',
    'stop reasons': 'each by its table',
    'tool use by end_turn': 'is a tool use',
    refusal: 'says what blocked it',
    malformed: 'is an error unless there is a text',
  },
  '2 ',
)

const streams = section({
  '3.1 real frames': "read as Bedrock's real service sends them",
  '3.2 first event': 'message_start, then ping, when something has come',
  '3.2 tool start': 'announces itself',
  '3.2 empty start': 'is nothing until its first delta',
  '3.2 first delta': 'opens a block of its own kind',
  '3.2 change': 'of index or kind closes the block before',
  '3.2 empty text': 'opens nothing',
  '3.2 signature': 'is written once, whole, before the block ends',
  '3.2 redacted': 'is put together, and written whole',
  '3.2 tool input': 'passed on; an empty one is {}',
  '3.2 citation': 'as a delta where it was asked for',
  '3.2 strange stop': 'is nothing',
  '3.2 metadata': 'before or after the stop',
  '3.2 end': 'once, with the real figures',
  '3.2 cut': 'ends in an error, never in message_stop',
  '3.2 corrupt': 'ends in an error',
  '3.2 unknown event': 'is nothing, with one warning',
  '3.2 indices': 'are contiguous, one block open at a time',
  '3.2 interleaved': 'blocks wait for each other',
  '3.2 joined': 'texts cut by citations nobody asked for',
  '3.3 shapes': "read by Anthropic's own client, whole or streamed alike",
  '3.4 before': 'a failure is a status',
  '3.4 after': 'a failure is one error event',
  '3.4 exceptions': 'each by its table',
})

const errors = section({
  '4 shape': "Anthropic's, with the request's id",
  '4.1 extraction': 'the words, wherever the body keeps them, unwrapped',
  '4.1 places': "are the client's own",
  '4.2 status': 'each exception by its table',
  '4.2 key': 'a bad key is 401, for good',
  '4.2 model': 'a missing model is 404 and named',
  '4.2 throttling': '429, with the wait that was asked for',
  '4.2 overload': '529 after tries of our own',
  '4.2 network': '502 and 504, to be tried again',
  '4.2 too large': '413, or the prompt is too long',
  '4.2 client': 'faults of the client are 400, 404, 405',
  '4.3 too long': 'in the words that compaction waits for',
  '4.3 context limit': 'kept word for word',
  '4.3 output limit': 'with both figures',
  '4.3 media': 'too much media',
  '4.3 class': 'of what was rejected, in front',
  '4.4 tool pairs': "Bedrock's forms in Anthropic's words",
  '4.4 signatures': 'kept word for word',
  '4.5 retries': 'what the client is told of another try',
})

const framing = section({
  '7 frames': 'vectors, limits and checksums, cut at every byte',
})

/** Kinds of fault that real use found. */
const found = section({
  F4: 'stop reason and content of an answer agree',
  F5: 'every answer is accepted as history',
  A9: 'the list of models has each once, with the members of the newest SDK',
  A10: 'answers have the members of the newest SDK',
})

export const rules: readonly Rule[] = [
  ...transport,
  ...requestFields,
  ...pipeline,
  ...blocks,
  ...tools,
  ...choices,
  ...capabilities,
  ...betas,
  ...caching,
  ...counting,
  ...healing,
  ...answers,
  ...streams,
  ...errors,
  ...framing,
  ...found,
  ...chatRequestRules,
  ...chatResponseRules,
]

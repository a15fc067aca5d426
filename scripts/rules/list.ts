import { anthropicRules } from './anthropic.ts'
import { cacheAuditRules } from './cache-audit.ts'
import { chatRequestRules } from './chat-requests.ts'
import { chatResponseRules } from './chat-responses.ts'
import { matrixRules } from './matrix.ts'
import { openAiEntranceRules } from './openai-entrance.ts'
import { openAiSettingsRules } from './openai-settings.ts'
import { operateRules } from './operate.ts'
import { type Rule, section } from './rule.ts'
import { setupRules } from './setup.ts'
import { signInRules } from './sign-in.ts'
import { webSearchRules } from './web-search.ts'

/** All rules. Each subject that is not the translation to Converse has its own file. */

const transport = section({
  T1: 'any model id is one encoded segment of the path',
  T2: 'a bearer key and JSON, no signature',
  T3: 'the body has no member that AWS does not know, and no empty member',
  T4: "every option uses exactly one of Converse's two channels",
  T5: "the upstream's request id and exception name come from its headers",
  T6: 'base64 is unchanged, without white space and the prefix of a data URL',
  T7: 'a disconnect of the client ends the upstream call; a silent stream gets pings',
})

const requestFields = section(
  {
    model: 'resolved by name, sent in the path, echoed with the requested name',
    max_tokens: "0 fills the cache; a value above the limit gets Anthropic's error",
    'system text': 'blank texts are dropped',
    'system blocks': 'boundaries and cache markers stay; the billing line is dropped',
    temperature: '0 is sent; dropped if the model thinks or does not accept it',
    top_p: 'dropped if the model accepts only one of the two',
    top_k: 'an additional field; dropped if the model thinks or does not accept it',
    stop_sequences: 'blank sequences are refused, an empty list is omitted',
    stream: 'decides the endpoint and is never sent',
    thinking: 'in the form that the model accepts',
    effort: 'the requested level, or the next lower one that the model has',
    'output format': 'a schema in the form of Converse, or an instruction in the system prompt',
    task_budget: 'dropped',
    metadata: 'dropped: Bedrock refuses its characters',
    service_tier: 'dropped; the configuration of the server sets the tier',
    cache_control: 'automatic caching marks the end of the conversation',
    context_management: 'only together with its beta flag',
    safeguards: 'only together with its beta flag',
    thread: 'refused with the error that makes the SDK send whole conversations',
    'refused fields': 'container, mcp_servers and skills change the meaning: refused',
    'dropped fields': 'all other and unknown fields are dropped, with a note in the log',
    'stop sequence paths': 'requested only with stop sequences',
    'fixed fields': 'guardrail, latency and tier of the server',
  },
  '1.1 ',
)

const pipeline = section(
  {
    '1': 'a text becomes a list of one block; an unknown role is refused',
    '2': 'system messages keep their position, as text or natively; leading ones join the system prompt',
    '3': 'each block by its own rule; a block without output leaves only its marker',
    '4': "results come first in their turn; broken pairs get Anthropic's error",
    '5': 'consecutive messages of one role become one turn',
    '6': 'an empty user turn gets a placeholder that is not blank, an empty assistant turn is dropped',
    '7': 'the user comes first',
    '8': 'native order, except that tool uses come last',
    '9': 'prefill only if the model accepts it',
    '10': 'at most 20 images and documents, 5 documents in a message',
    '11': 'a message with a document has a text, too',
    '12': 'cache points come last, when all positions are final',
  },
  '1.2.',
)

const blocks = section({
  B1: 'text; a blank text is dropped and passes its marker on',
  B2: "images by their bytes, not their label; only Bedrock's formats",
  B3: 'images by URL are fetched, safely',
  B4: 'files by id are refused: Bedrock has no Files API',
  B5: 'search results',
  B6: 'thinking is sent unchanged, with its signature, or not at all',
  B7: 'redacted thinking is sent unchanged',
  B8: "a tool's input is an object",
  B9: "a tool's result is never empty, and marks a failure",
  B9a: 'a text of JSON stays a text',
  B9b: 'texts, images, documents and search results inside a result',
  B9c: 'a tool reference becomes text, and its tool is loaded',
  B10: "calls and results of Anthropic's own tools become text",
  B11: 'a file for a container becomes a text that names it',
  B12: 'a summary replaces the messages before it',
  B13: 'a change of models is not sent to the model',
  B14: 'an unknown kind is refused with a list of the known kinds',
  D1: 'PDFs',
  D2: 'plain text; empty documents are dropped',
  D3: 'content keeps its parts; its images become blocks next to it',
  D4: 'documents by URL are fetched, safely',
  D5: 'names are valid, unique in the request and the same in every turn',
  D6: 'the model sees the pages of a PDF; citations that the client did not request are removed',
  D7: 'requested citations',
  D8: 'context, unless it is blank',
})

const tools = section({
  N1: 'long or invalid names are changed, each independent of other tools, and mapped back',
  N2: 'a blank description is omitted',
  N3: 'invalid ids become valid, the same for use and result',
  N4: 'a schema is an object at its root and untouched below',
  N5: 'strict only if the configuration allows it and the model accepts it',
  N6: 'eager input streaming becomes its beta flag',
  N7: 'examples are dropped',
  N8: 'deferred tools are loaded when a block names them',
  N9: 'a marker on a tool',
  N10: 'bash, text editor and memory get a schema, computer use is an additional field',
  N11: 'server tools are removed; a forced one is refused with a reason',
  N12: 'two tools with one name are refused; an empty list is not sent',
  N13: 'a history with tool uses declares their tools',
})

const choices = section(
  {
    'absent and auto': 'no choice is sent',
    any: "Converse's own",
    tool: "Converse's own; an unknown name is refused",
    none: 'an additional field; the tools stay',
    'auto without parallel': 'an additional field with its type',
    'forced without parallel': 'both channels, the type in one of them',
    'without tools': "a forced choice gets Anthropic's error, a free one is dropped",
    'with thinking': 'a forced choice becomes a free one',
    'newest models': 'are never forced',
  },
  '1.5 ',
)

const capabilities = section(
  {
    'up to 3.5': 'no thinking',
    '3.7 to 4.1': 'thinking with a budget',
    '4.5': 'temperature or top_p, not both; one hour of cache',
    'opus 4.5': 'effort, with its beta flag',
    '4.6': 'adaptive thinking, effort, no prefill',
    'opus 4.7': 'only adaptive thinking, no sampling',
    'opus 4.8': 'system messages in mid-conversation',
    'version 5': 'thinks by default',
    fable: 'always thinks',
    '5.5': 'no forced tool',
    unknown: 'counts as the newest',
    'other vendors': "none of Anthropic's own fields",
    budget: "above max_tokens it is sent with interleaved thinking, and gets Anthropic's error without it",
  },
  '1.6 ',
)

const betas = section(
  {
    'allow-list': 'split, trimmed, each once; flags that Converse does not support are dropped',
    'owner list': 'flags that the configuration allows are sent, too',
    'context-1m': 'for the models with that context window',
    'interleaved-thinking': 'with a budget, for the models that support it',
    'effort flag': 'only for Opus 4.5',
    'display flag': 'with its field',
    'computer-use': 'with its tool',
  },
  '1.7 ',
)

const caching = section({
  K1: 'markers keep their lifetime, everywhere',
  K2: 'no lifetime for models that do not support it',
  K3: 'never inside a tool result',
  K4: 'never directly after reasoning',
  K5: 'never first in a message',
  K6: 'never directly after a document that is not a PDF',
  K7: 'at most four: the last one of the tools and of the system prompt, two of the messages',
  K8: "lifetimes keep the client's order",
  K9: 'a model without caching gets the request again without markers',
  K10: 'adjacent markers become one',
  K11: 'a prompt below the minimum size for caching',
  K12: 'a longer conversation begins with the bytes of the shorter one',
})

const counting = section(
  {
    'own count': "Nexus's own count: at most four at once, for two seconds, remembered",
    'no operation': 'remembered; later counts are estimates',
    sum: 'the estimate is a sum of parts',
    calibration: 'each response adjusts the estimate, within limits',
    bias: 'rather a little high than low',
    media: 'images by pixels, PDFs by page, never base64 as text',
  },
  '1.9 ',
)

const refusalFallback = section(
  {
    'tool members': 'refused members of tools',
    'additional fields': 'refused additional fields, with their flags',
    'extraneous keys': "refused members of Converse's own",
    'beta flags': 'all flags are dropped',
    'cache points': 'all cache points are dropped',
    sampling: 'temperature, top_p, top_k',
    'thinking type': 'the other type',
    'system role': 'later system messages become text',
    conflicts: 'the additional field is dropped',
    'tool choice': 'without tools, or with placeholder tools',
    'anything else': 'becomes an error for the client; one retry, remembered per model',
  },
  '1.10 ',
)

const answers = section(
  {
    id: 'every response has its own',
    'model name': 'the requested name',
    text: 'in order; empty texts are dropped',
    citations: 'mapped if the client requested them, otherwise joined to one text',
    reasoning: 'with its signature, or only the signature',
    redacted: 'the same base64',
    'tool use': 'name mapped back; the input is an object',
    'stop sequence': 'from either field, or the only one of the request',
    usage: "the upstream's figures; missing ones are 0",
    'cache details': 'by lifetime, or by the lifetime in the request',
    'service tier': 'priority or standard',
    'stop reasons': 'each by the table',
    'tool use by end_turn': 'becomes tool_use',
    refusal: 'names the reason',
    malformed: 'is an error unless there is a text',
  },
  '2 ',
)

const streams = section({
  '3.1 real frames': "in the form of Bedrock's real service",
  '3.2 first event': 'message_start, then ping, with the first data',
  '3.2 tool start': 'opens its block',
  '3.2 empty start': 'sends nothing until its first delta',
  '3.2 first delta': 'opens a block of its kind',
  '3.2 change': 'of index or kind closes the block before',
  '3.2 empty text': 'opens nothing',
  '3.2 signature': 'is written once, whole, before the block ends',
  '3.2 redacted': 'is collected, and written whole',
  '3.2 tool input': 'passed on; an empty input becomes {}',
  '3.2 citation': 'a delta if the client requested it',
  '3.2 strange stop': 'is ignored',
  '3.2 metadata': 'before or after the stop',
  '3.2 end': 'once, with the real figures',
  '3.2 cut': 'ends in an error, never in message_stop',
  '3.2 corrupt': 'ends in an error',
  '3.2 unknown event': 'is ignored, with one warning',
  '3.2 indices': 'are contiguous, one block open at a time',
  '3.2 interleaved': 'blocks are sent one after another',
  '3.2 joined': 'texts that unrequested citations had cut',
  '3.3 shapes': "Anthropic's own client reads the same from whole and streamed responses",
  '3.4 before': 'a failure is a status',
  '3.4 after': 'a failure is one error event',
  '3.4 exceptions': 'each by the table',
})

const errors = section({
  '4 shape': "Anthropic's shape, with the id of the request",
  '4.1 extraction': 'the message, from any field of the body, unwrapped',
  '4.1 places': "are paths of the client's own request",
  '4.2 status': 'each exception by its table',
  '4.2 key': 'a bad key is 401, without a retry',
  '4.2 model': 'a missing model is 404 with its name',
  '4.2 throttling': "429, with the upstream's wait",
  '4.2 overload': '529 after our own retries',
  '4.2 network': '502 and 504, with a retry',
  '4.2 too large': '413, or the prompt is too long',
  '4.2 client': 'faults of the client are 400, 404, 405',
  '4.3 too long': 'in the words that trigger compaction',
  '4.3 context limit': 'kept word for word',
  '4.3 output limit': 'with both figures',
  '4.3 media': 'too much media',
  '4.3 class': 'the message begins with the rejected part',
  '4.4 tool pairs': "Bedrock's forms in Anthropic's words",
  '4.4 signatures': 'kept word for word',
  '4.5 retries': 'headers tell the client whether to retry',
})

const framing = section({
  '7 frames': 'vectors, limits and checksums, also cut at every byte',
})

/** Kinds of faults from real use. */
const fieldFaults = section({
  F4: 'stop reason and content of a response agree',
  F5: 'every response is accepted as history',
  A9: 'the list has each model once, with the members of the newest SDK',
  A10: 'responses have the members of the newest SDK',
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
  ...refusalFallback,
  ...answers,
  ...streams,
  ...errors,
  ...framing,
  ...fieldFaults,
  ...chatRequestRules,
  ...chatResponseRules,
  ...openAiSettingsRules,
  ...anthropicRules,
  ...openAiEntranceRules,
  ...operateRules,
  ...webSearchRules,
  ...cacheAuditRules,
  ...signInRules,
  ...setupRules,
  ...matrixRules,
]

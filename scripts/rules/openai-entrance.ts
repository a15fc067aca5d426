import { section } from './rule.ts'

/** Rules for the server's own OpenAI API: one array for each part of its specification. */

const paths = section(
  {
    '1': 'the same paths with /v1, under /openai/v1 and without /v1; one switch turns them off',
    '2': 'the client token guards each of these paths, in three headers, and never goes upstream',
    '3': "answers have OpenAI's headers: the request id, the time, the version",
    '4': 'streams have the headers that proxies respect',
    '5': 'a silent stream gets a sign of life between events, in the form that its client counts',
    '6': 'compressed bodies are decoded within the limit, and other encodings refused',
    '7': 'unknown members are ignored; a wrong type is refused with its path',
    '8': "a body of the other API is read by its shape, and answered in the path's shape",
  },
  'OE-T',
)

const chatFields = section(
  {
    '1': 'the model has the requested name in the answer',
    '2': 'messages become the system prompt and turns',
    '3': 'the token limit: the newer field first, a default, the maximum of the model',
    '4': 'a temperature above 1 becomes 1, and 0 stays',
    '5': 'a top_p of 1 is dropped',
    '6': 'stop becomes a list without blank sequences',
    '7': 'more than one choice is refused',
    '8': 'usage in a stream only if the client requests it',
    '9': 'tools and functions become tools, and both together are refused',
    '10': 'the choice of a tool, and of parallel calls',
    '11': 'the format of the answer',
    '12': 'the effort of thinking',
    '13': 'log probabilities are refused',
    '14': 'audio is refused',
    '15': 'web search where the upstream runs it, and otherwise refused',
    '16': 'sampling options without a counterpart are dropped with a note',
    '17': 'the user becomes the metadata, hashed if it is long',
    '18': 'metadata and store are dropped',
    '19': 'service tiers are dropped, with a note for special ones',
    '20': 'cache options become cache markers',
    '21': 'three other forms of thinking options',
    '22': "Anthropic's own members are passed on",
    '23': "Anthropic's blocks and tools in OpenAI lists, and flat tools",
  },
  'OE-C',
)

const messages = section(
  {
    '30': 'leading system messages become the system prompt, part by part',
    '31': 'later system messages keep their position',
    '32': 'user messages become one turn with separate blocks',
    '33': 'an assistant turn has thinking, text and calls, in this order',
    '34': 'arguments that are not a JSON object are wrapped, never refused',
    '35': 'results go into one turn after the call, in the order of the calls',
    '36': 'a late result moves up to its call',
    '37': 'a call without a result gets one; open calls at the end are refused',
    '38': 'a result without a call becomes text',
    '39': 'ids become valid and unique, by the history alone',
    '40': 'legacy function calls get ids by their order',
    '41': 'names of users become a prefix if there are several',
    '42': 'an assistant message at the end is passed on',
    '43': 'thinking in the history is found in each member that clients use',
  },
  'OE-C',
)

const parts = section(
  {
    '45': 'texts, without blank ones',
    '46': 'images by their data or URL',
    '47': 'files by their data or URL; ids are refused',
    '48': 'audio and video are refused',
    '49': "Anthropic's blocks are passed on",
  },
  'OE-C',
)

const toolsAndFormats = section(
  {
    '50': 'functions become tools with a schema that Anthropic accepts',
    '51': 'free-form tools become functions with one text',
    '52': 'choices, allowed tools and parallel calls',
    '55': 'a schema becomes the output format',
    '56': 'JSON without a schema becomes an instruction, and fences are removed',
    '57': 'a format and tools are sent together',
    '58': 'a format never becomes a forced tool',
  },
  'OE-C',
)

const thinking = section(
  {
    '53': 'translation depends on the body and the memory only; a refused signature causes one retry without thinking',
    '60': 'each effort by its table',
    '61': "OpenRouter's and Anthropic's options of thinking",
    '62': 'thinking is in reasoning_content and reasoning_details, as configured',
    '63': 'signed thinking first, then the memory, and otherwise none',
    '64': 'the memory is bounded, and gives all blocks of a turn or none',
    '65': 'budget models do not think if the last thinking is lost',
    '66': 'think tags are text',
  },
  'OE-C',
)

const promptCache = section(
  {
    '70': 'cache markers of clients are found in each place',
    '71': 'the free places of four are filled in a fixed order',
    '72': "with more than four markers, the upstream's rule holds",
    '73': 'a longer conversation begins with the bytes of the shorter one',
  },
  'OE-C',
)

const chatAnswers = section(
  {
    '80': 'a whole answer has each member of the SDK',
    '81': 'content is the joined text, null with calls only',
    '82': 'arguments are the JSON of the model, and never empty',
    '83': 'finish reasons by the table',
    '84': 'usage counts the cached parts of the prompt, too',
    '85': 'citations with a URL become annotations',
    '86': 'tools of the upstream cause no calls',
    '90': 'chunks have the same identity, and only the last ones differ',
    '91': 'the first chunk follows the first event',
    '92': 'text, thinking and signatures become deltas',
    '93': 'calls stream their arguments, with their identity only once',
    '94': 'the text of a free-form call is decoded while it arrives',
    '95': 'one finish chunk after all blocks',
    '96': 'one usage chunk, if requested',
    '97': 'a failure in the middle is an error chunk, then the end',
    '98': 'pings; a client that disconnects ends the upstream call',
    '99': 'a refusal without text becomes a refusal delta',
  },
  'OE-C',
)

const responsesFields = section(
  {
    '1': 'members that both APIs have are read the same way',
    '2': 'instructions are the first block of the system prompt',
    '3': 'an input text is one user message',
    '4': 'the token limit is the same as in Chat Completions',
    '5': 'reasoning: effort and summary',
    '6': 'the format of the text',
    '7': 'encrypted reasoning is always included',
    '8': 'stored answers and references',
    '9': 'whole and streamed answers',
    '10': 'background, conversation and prompt are refused',
    '11': 'truncation is a note',
    '12': 'data about the client never reaches the prompt',
  },
  'OE-R',
)

const responsesItems = section(
  {
    '15': 'messages become turns as in Chat Completions',
    '16': 'calls and the message before them are one turn',
    '17': 'outputs become results with their images and files',
    '18': 'free-form calls become tool uses with one text',
    '19': 'reasoning opens the turn that it precedes',
    '20': 'items of the hosted shell and patch tools',
    '21': 'additional tools, items of other hosted tools, unknown items',
    '22': 'namespaces are joined to a name, and given back as two members',
    '23': 'functions and free-form tools in their flat form',
    '24': 'hosted shell and patch tools become functions',
    '25': 'a tool search of the client becomes a function',
    '26': 'other hosted tools are dropped while another tool is left',
    '27': 'choices of each form',
  },
  'OE-R',
)

const responsesEvents = section(
  {
    '30': 'thinking becomes a reasoning item',
    '31': 'text becomes a message item',
    '32': 'a tool use becomes a function call item',
    '33': 'a free-form call becomes a custom call item with a status',
    '34': 'two events at the start, exactly one at the end',
    '35': 'numbers count without gaps, one item is open at a time',
    '36': 'the token limit makes an incomplete answer',
    '37': 'a refusal becomes text that the client shows',
    '38': 'a full context fails with the code that causes a compaction',
    '39': 'a failure in the middle is a failed answer, never a bare error',
    '40': 'usage is never 0',
    '41': 'the last event has every item',
    '42': 'silence gets events that clients count',
  },
  'OE-R',
)

const responsesState = section(
  {
    '43': 'encrypted reasoning has whole thinking blocks, and comes back byte for byte or not at all',
    '44': 'a bounded memory of answers, for each client token',
    '45': 'compaction by a request and by the server both work',
    '46': 'a try with a WebSocket gets 426',
  },
  'OE-R',
)

const models = section(
  {
    '1': 'one list has the members of both APIs',
    '2': 'Codex gets its catalog in the same list',
    '3': 'with the catalog, Codex has its patch tool and knows the window',
    '4': 'one model by its name; an unknown one is 404',
    '5': 'other paths of OpenAI are 404 with a reason; a wrong method is 405',
    '10': 'names of small models',
    '11': 'names of middle models',
    '12': 'names of big models',
    '14': 'unknown names get the main model or 404, other kinds of models always 404',
  },
  'OE-M',
)

const errors = section(
  {
    '1': 'invalid requests: 400 with the parameter',
    '2': 'a prompt that is too long has the code that clients compact on',
    '3': 'a wrong client token: 401',
    '4': 'a key that the upstream refuses: 401 without a retry',
    '5': 'no permission: 403',
    '6': 'an unknown model: 404',
    '7': 'a body that is too large: 413',
    '8': 'too many requests: 429 with the wait',
    '9': 'overload: 503, which clients retry',
    '10': 'internal errors: 500; a permanent fault of the connection: 502',
    '11': 'a timeout: 504',
    '12': 'codes of a failed answer, with the wait in words',
    '13': 'headers for retries',
    '14': 'the path decides the shape of an error',
    '15': 'a used budget: 429 without a retry',
    '16': 'a blocked prompt: 400 with its code',
  },
  'OE-E',
)

const clients = section(
  {
    '1': 'Codex runs, and its headers are never logged',
    '2': 'the configuration of Codex',
    '3': 'opencode runs, with both packages',
    '4': "OpenAI's SDK reads answers and errors",
    '5': 'the AI SDK reads answers of both APIs',
    '6': 'Cline and Roo',
    '7': 'Continue',
    '8': 'aider',
    '9': 'Zed',
    '10': 'Cursor',
    '11': 'curl, LangChain and LlamaIndex',
  },
  'OE-K',
)

const proofs = section(
  {
    '1': 'each field of the SDK is in a table',
    '2': 'stream helpers of the SDK and schemas of the AI SDK accept each answer',
    '3': 'laws: whole is streamed, any cut, prefixes, thinking, ids',
    '4': 'a strict validator of events',
    '5': 'the real clients run without a network',
    '6': 'requests of real clients, without their words',
  },
  'OE-P',
)

export const openAiEntranceRules = [
  ...paths,
  ...chatFields,
  ...messages,
  ...parts,
  ...toolsAndFormats,
  ...thinking,
  ...promptCache,
  ...chatAnswers,
  ...responsesFields,
  ...responsesItems,
  ...responsesEvents,
  ...responsesState,
  ...models,
  ...errors,
  ...clients,
  ...proofs,
]

import { section } from './rule.ts'

/** Rules for the translation of Anthropic's requests to Chat Completions. */

const fields = section(
  {
    '1': "the output limit has the provider's name for it",
    '2': 'one system message at the start',
    '3': 'temperature and top_p unchanged, if the model accepts them',
    '4': 'top_k if the provider accepts it',
    '5': 'at most four stop sequences; the server watches for the others itself',
    '6': 'streams report their usage',
    '7': 'thinking and effort decide whether the model reasons',
    '8': "a schema in the provider's form, or as an instruction",
    '9': 'the user id is dropped, or sent as a hash',
    '10': 'a cache key for each session',
    '11': 'the tier comes from the configuration',
    '12': 'cache markers if the provider accepts them',
    '13': 'fields that Chat Completions does not have are dropped with a note',
    '14': 'fields that change the meaning are refused',
    '15': 'some members are never sent',
  },
  'OU-Q',
)

const pipeline = section(
  {
    '20': 'system messages keep their position, as reminders; leading ones join the system prompt',
    '21': 'results directly follow their calls, one for each',
    '22': "broken pairs get Anthropic's error",
    '23': 'content after results: a user message, or a part of the last result',
    '24': 'turns of one role become one message; texts become one text',
    '25': 'texts of an assistant come before its calls',
    '26': 'empty turns',
    '27': 'a prefilled answer is refused, or sent if the configuration allows it',
    '28': 'no halves of surrogate pairs, no NUL',
  },
  'OU-Q',
)

const blocks = section(
  {
    '30': 'text; blank texts are dropped',
    '31': 'images by their bytes',
    '32': 'images by URL',
    '33': 'a placeholder for models without image input',
    '34': "PDFs in the provider's form",
    '35': 'documents of text, as text',
    '36': 'search results, as text',
    '37': "thinking is sent back in the provider's form",
    '38': 'tool calls, with their input as JSON text',
    '39': "a tool's result is one text, and marks a failure",
    '40': 'images of results follow all results',
    '41': 'a tool reference becomes text, and its tool is loaded',
    '42': "calls and results of Anthropic's own tools become text",
    '43': 'summaries, changes of models, unknown kinds',
  },
  'OU-Q',
)

const tools = section(
  {
    '50': 'valid names that map back',
    '51': 'a schema is an object at its root and untouched below',
    '52': 'strict only if configuration, model and schema allow it',
    '53': "Moonshot's flavor of JSON Schema",
    '54': 'schemas without patterns and lengths',
    '55': 'no more tools than the provider accepts',
    '56': "Anthropic's own tools: with their published schemas, or not at all",
    '57': 'a history with calls declares their tools if the provider requires it',
    '58': 'call ids are the same for call and result',
    '60': 'a free choice is not sent',
    '61': 'any becomes required',
    '62': "one chosen tool, in the provider's form",
    '63': 'with none, the tools stay',
    '64': 'one call at a time',
    '65': 'a forced tool switches reasoning off, or becomes a free choice',
    '66': 'a choice without tools is refused or dropped',
  },
  'OU-Q',
)

const reasoning = section(
  {
    '70': "effort, in the model's levels",
    '71': 'no reasoning with tools, for models that refuse both together',
    '72': 'DeepSeek',
    '73': 'Zhipu',
    '74': 'Kimi',
    '75': 'Qwen',
    '76': 'chat templates',
    '77': 'MiniMax',
    '78': 'OpenRouter',
    '79': 'Together',
    '80': 'Groq',
    '81': 'Mistral',
    '82': 'Ollama',
    '83': 'Nebius',
    '84': 'unknown servers get no reasoning field',
    '90': 'signatures in the history carry data that must return unchanged',
    '91': "only the text of other models' thinking is sent",
    '92': 'other upstreams drop data for a single provider',
    '93': 'all thinking of a turn becomes one value',
    '94': 'no reasoning is sent back',
    '95': 'reasoning_content in turns with reasoning',
    '96': 'reasoning_content in each turn',
    '97': 'reasoning_content in each turn with a call',
    '98': 'reasoning, or both members',
    '99': 'reasoning_details unchanged',
    '100': 'reasoning as parts of the content',
    '101': 'tokens of calls unchanged',
  },
  'OU-Q',
)

const caching = section(
  {
    '110': 'a longer conversation begins with the bytes of the shorter one',
    '111': "Anthropic's markers, at most four",
    '112': "OpenAI's breakpoints",
  },
  'OU-Q',
)

const others = section({ T7: 'the members have a fixed order' }, 'OU-')

export const chatRequestRules = [...fields, ...pipeline, ...blocks, ...tools, ...reasoning, ...caching, ...others]

import { section } from './rule.ts'

/** Anthropic's requests as those of Chat Completions. */

const fields = section(
  {
    '1': 'the output limit goes under the name that the provider has for it',
    '2': 'one system message at the head',
    '3': 'temperature and top_p as they are, where the model takes them',
    '4': 'top_k where the provider takes it',
    '5': 'four stop sequences at most; the others are watched for here',
    '6': 'streams report their usage',
    '7': 'thinking and effort decide whether the model reasons',
    '8': 'a schema as the provider takes it, or as an instruction',
    '9': 'the user id is dropped, or goes as a hash',
    '10': 'a cache key for each session',
    '11': "the tier is the server's own",
    '12': 'cache markers go where the provider takes them',
    '13': 'what Chat Completions has no place for is dropped with a note',
    '14': 'what must not be left out is refused',
    '15': 'some members are never sent',
  },
  'OU-Q',
)

const pipeline = section(
  {
    '20': 'system messages stay in their place, as reminders; leading ones belong to the prompt',
    '21': 'results follow their calls directly, one for each',
    '22': "broken pairs are refused in Anthropic's words",
    '23': 'what follows results: a user message, or a part of the last result',
    '24': 'turns of one side are one message; texts are one text',
    '25': 'texts of an assistant stand before its calls',
    '26': 'empty turns',
    '27': 'a beginning of the answer is refused, or sent where the server is set up so',
    '28': 'no half characters, no NUL',
  },
  'OU-Q',
)

const blocks = section(
  {
    '30': 'text; blank ones go',
    '31': 'images by their bytes',
    '32': 'images by URL',
    '33': 'a placeholder for models that see no images',
    '34': 'PDFs in the form that the provider takes',
    '35': 'documents of text, as text',
    '36': 'search results, as text',
    '37': 'thinking goes back as the provider wants it',
    '38': 'calls of tools, with their input as JSON text',
    '39': "a tool's result is one text, and says that it failed",
    '40': 'images of results follow all results',
    '41': 'a tool reference becomes words, and its tool is loaded',
    '42': "what Anthropic's own tools did becomes words",
    '43': 'summaries, changes of models, unknown kinds',
  },
  'OU-Q',
)

const tools = section(
  {
    '50': 'valid names that map back',
    '51': 'a schema is an object at its root and untouched below',
    '52': 'strict only where everything allows it',
    '53': "Moonshot's flavor of JSON Schema",
    '54': 'schemas without patterns and lengths',
    '55': 'no more tools than the provider takes',
    '56': 'tools of Anthropic: with their published schemas, or not at all',
    '57': 'a history of calls has its tools where the provider wants them',
    '58': 'ids of calls, the same for call and result',
    '60': 'a free choice is not sent',
    '61': 'any is required',
    '62': 'one tool is chosen in the form that the provider takes',
    '63': 'none keeps the tools',
    '64': 'one call at a time',
    '65': 'a forced tool switches reasoning off, or becomes a free choice',
    '66': 'a choice without tools',
  },
  'OU-Q',
)

const reasoning = section(
  {
    '70': 'effort, in the levels that the model has',
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
    '84': 'unknown servers are told nothing',
    '90': 'the history carries what has to return unaltered',
    '91': 'thinking of others gives its text alone',
    '92': 'other upstreams drop what only one provider understands',
    '93': 'all thinking of a turn is one value',
    '94': 'no reasoning goes back',
    '95': 'reasoning_content where there is reasoning',
    '96': 'reasoning_content with each turn',
    '97': 'reasoning_content with each call',
    '98': 'reasoning, or both members',
    '99': 'reasoning_details as they came',
    '100': 'reasoning as parts of the content',
    '101': 'tokens of calls as they came',
  },
  'OU-Q',
)

const caching = section(
  {
    '110': 'a longer conversation begins with the bytes of the shorter one',
    '111': "Anthropic's markers, four at most",
    '112': "OpenAI's breakpoints",
  },
  'OU-Q',
)

const others = section({ T7: 'the members have a fixed order', R11: 'tools that are switched off become text' }, 'OU-')

export const chatRequestRules = [...fields, ...pipeline, ...blocks, ...tools, ...reasoning, ...caching, ...others]

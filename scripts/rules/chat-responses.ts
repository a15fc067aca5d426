import { section } from './rule.ts'

/** Responses of Chat Completions as Anthropic's, whole and streamed. */

const whole = section(
  {
    '1': 'every message has an id of our own',
    '2': 'the model has the name that the client requested',
    '3': 'all choices are joined; a response without any is an error',
    '4': 'thinking, text, calls; content is a text, null or parts',
    '5': 'reasoning is read from one member; what has to return travels in the signature',
    '7': 'calls have the names that the client knows, and an object as input',
    '8': 'ids are kept, unless the client has had them',
    '9': 'a refusal is a text, and the stop reason',
    '10': 'members that Anthropic has no place for are dropped; the tier is kept',
    '12': 'a response that says nothing has no blocks',
    '20': 'the model stopped: tool_use where there is a call',
    '21': 'a stop sequence that the server names',
    '22': 'a stop for calls needs a call; the limit may have cut the last one',
    '23': 'the limit of output tokens',
    '24': 'the context window',
    '25': 'content filters refuse',
    '26': 'failures are errors, never an end',
    '27': 'a whole response without a finish reason goes by its content',
    '28': 'a stream without a finish reason needs [DONE]',
    '30': 'usage is read from three places; the last figures count',
    '31': 'cached tokens are counted apart',
    '32': 'reasoning tokens are added where the total says so',
    '33': 'missing usage is estimated, never zero',
    '34': 'zeros at the beginning of a stream, figures at its end',
  },
  'OU-A',
)

const streamed = section(
  {
    '1': 'no event comes before the first meaning',
    '2': 'server-sent events, cut anywhere',
    '3': 'an event that is no JSON object breaks the stream',
    '4': 'contiguous blocks, one open at a time',
    '5': 'nothing in a chunk is lost, and its order is fixed',
    '6': 'reasoning is a block of its own wherever it comes',
    '7': 'empty deltas open nothing',
    '8': 'each piece of a call finds its call',
    '9': 'the block of a call begins with its arguments and ends when they are complete',
    '10': 'arguments in all forms',
    '11': 'tagged thinking at the very beginning',
    '12': 'stop sequences that the server does not watch for',
    '13': 'text that each piece repeats',
    '14': 'a cut stream is broken, never ended',
    '15': 'errors inside of a 200 are found by their shape',
    '16': 'one end, whatever follows the finish reason',
    '17': 'usage in every chunk',
    '18': 'calls written as text stay text, unless the configuration says otherwise',
    '19': 'a stream says what the whole response says',
  },
  'OU-S',
)

export const chatResponseRules = [...whole, ...streamed]

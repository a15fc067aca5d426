import { section } from './rule.ts'

/** Rules for the translation of Chat Completions responses to Anthropic's, whole and streamed. */

const whole = section(
  {
    '1': 'every message has our own id',
    '2': 'the model has the name that the client requested',
    '3': 'all choices are joined; a response without choices is an error',
    '4': 'thinking, then text, then calls; content is a text, null or parts',
    '5': 'reasoning comes from one member; data that must return travels in the signature',
    '7': "calls have the client's names, and an object as input",
    '8': 'ids stay, unless the client has seen them before',
    '9': 'a refusal becomes a text and the stop reason',
    '10': "members that Anthropic's format does not have are dropped; the tier stays",
    '12': 'a response without content has no blocks',
    '20': 'the model stopped: tool_use if there is a call',
    '21': 'a stop sequence that the server names',
    '22': 'a stop for calls needs a call; the limit can cut the last call',
    '23': 'the limit of output tokens',
    '24': 'the context window',
    '25': 'content filters become refusals',
    '26': 'failures are errors, never a normal end',
    '27': 'the content decides if a whole response has no finish reason',
    '28': 'a stream without a finish reason needs [DONE]',
    '30': 'usage comes from three fields; the last figures count',
    '31': 'cached tokens are counted separately',
    '32': 'reasoning tokens are added if the total includes them',
    '33': 'missing usage is estimated, never zero',
    '34': 'zeros at the start of a stream, figures at its end',
  },
  'OU-A',
)

const streamed = section(
  {
    '1': 'no event is sent before the first content',
    '2': 'server-sent events, cut anywhere',
    '3': 'an event that is not a JSON object breaks the stream',
    '4': 'contiguous blocks, one open at a time',
    '5': 'no part of a chunk is lost, and their order is fixed',
    '6': 'reasoning is a separate block at any position',
    '7': 'empty deltas open no block',
    '8': 'each piece joins its call',
    '9': 'the block of a call begins with its arguments and ends when they are complete',
    '10': 'arguments in all forms',
    '11': 'tagged thinking at the start',
    '12': 'stop sequences that the provider does not support',
    '13': 'pieces that repeat the whole text so far',
    '14': 'a cut stream is an error, never a normal end',
    '15': 'errors inside a 200 are recognised by their shape',
    '16': 'exactly one end; data after the finish reason changes nothing',
    '17': 'usage in every chunk',
    '18': 'calls written as text stay text, unless the configuration says otherwise',
    '19': 'a stream has the same content as the whole response',
  },
  'OU-S',
)

export const chatResponseRules = [...whole, ...streamed]

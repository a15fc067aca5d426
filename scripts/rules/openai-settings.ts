import { section } from './rule.ts'

/** Rules for the settings of an OpenAI-compatible server, and for the steps before its translation. */
export const openAiSettingsRules = section(
  {
    '0': 'without an address, requests go to OpenAI',
    '1': 'the exact map, the family, the big model: in this order',
    '2': 'the first colon splits a pair; an empty side is an error that names it',
    '3': 'turns with an image go to the vision model',
    '4': 'responses have the name that the client requested',
    '5': 'each client token is accepted, and compared in constant time',
    '6': 'the timeout applies to the first byte, and between bytes',
    '7': 'retries before the first byte, and only once for each failure',
    '8': 'max_tokens is limited, and set if it is missing',
    '9': 'the oldest exchanges are dropped as a whole',
    '10': 'custom headers are secret, and override ours',
    '11': 'no tools: calls and results become text',
    '12': 'one tiny request tests the connection',
    '13': 'status pages have the booleans of the replaced system',
    '14': 'CORS, counts, events and request lines are the same for each upstream',
    '15': 'stop reasons and errors have their own rules',
    '16': 'Claude Code gets the names of Claude models',
  },
  'OU-R',
)

import { section } from './rule.ts'

/** The settings of an OpenAI-compatible server, and what stands in front of its translation. */
export const openAiSettingsRules = [
  ...section(
    {
      '0': 'without an address, requests go to OpenAI',
      '1': 'the exact map, the family, the big model: in this order',
      '2': 'the first colon splits a pair; an empty side is an error that names it',
      '3': 'turns with an image go to the vision model',
      '4': 'responses have the name that the client requested',
      '5': 'each client token opens, compared in constant time',
      '6': 'the timeout counts to the first byte, and between bytes',
      '7': 'retries before the first byte, and only once for each failure',
      '8': 'max_tokens is limited, and filled in where it is missing',
      '9': 'the oldest exchanges go as a whole',
      '10': 'custom headers are secret, and override ours',
      '11': 'no tools: calls and results become text',
      '12': 'the connection is tested by one tiny request',
      '13': 'status pages have the booleans of the replaced system',
      '14': 'CORS, counts, events and request lines are the same for each upstream',
      '15': 'stop reasons and errors have rules of their own',
      '16': 'Claude Code gets the names of Claude models',
    },
    'OU-R',
  ),
  ...section({
    'OP-W7': 'CORS is off; listed origins only, and * with a client token',
    'OP-K4': 'the connection test is guarded, and once a minute',
  }),
]

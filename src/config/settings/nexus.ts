import type { Setting } from './setting.ts'

/** Thirty days. */
const maximumKeyAgeSeconds = 2_592_000

/** Address and key of AI Nexus. */
export const nexusSettings = [
  {
    key: 'endpointUrl',
    flag: 'endpoint-url',
    environment: ['NEXUS_ENDPOINT_URL'],
    type: { kind: 'url' },
    default: 'https://genai-nexus.api.corpinter.net',
    description: 'Use this AI Nexus endpoint URL',
    details: 'The URL may have a path. An `http` URL of another machine also needs `--allow-http`.',
    hint: 'url',
  },
  {
    key: 'allowHttp',
    flag: 'allow-http',
    environment: ['NEXUS_ALLOW_HTTP'],
    type: { kind: 'switch' },
    default: false,
    description: 'Send the key unencrypted if the upstream URL begins with http',
    details:
      'The flag takes no value; use `1` in the variable and `true` in a file. URLs of this machine do not need it.',
  },
  {
    key: 'apiKey',
    flag: 'api-key',
    environment: ['NEXUS_API_KEY', 'NEXUS_API_KEY_FILE', 'NEXUS_API_KEY_COMMAND', 'AWS_BEARER_TOKEN_BEDROCK'],
    upstream: 'nexus',
    type: { kind: 'secret' },
    description: 'Use this key of the upstream; a variable or a file is safer than the command line',
    details:
      'Other users of this machine can see a command line. `NEXUS_API_KEY_FILE` is the path of a file that contains only the key, `NEXUS_API_KEY_COMMAND` a program that prints it ([how](#a-program-that-prints-the-key)).',
    hint: 'key',
  },
  {
    key: 'apiKeyCommand',
    environment: [],
    upstream: 'nexus',
    type: { kind: 'command' },
    description: 'Run this program, with its arguments, to get the AI Nexus key',
    details:
      'Write a list: `["pass", "show", "nexus"]`. The program runs without a shell ([how](#a-program-that-prints-the-key)). The variable is `NEXUS_API_KEY_COMMAND`.',
    hint: 'program',
  },
  {
    key: 'apiKeyCommandMaxAge',
    environment: ['NEXUS_API_KEY_COMMAND_MAX_AGE'],
    upstream: 'nexus',
    type: { kind: 'number', minimum: 1, maximum: maximumKeyAgeSeconds, integer: true },
    description: 'Run apiKeyCommand again after this many seconds',
    details: 'Without it, the program runs again only after AI Nexus refuses the key.',
    hint: 'seconds',
  },
] as const satisfies readonly Setting[]

/** Members of every Converse request, independent of the client. They are rarely used, so they have no flags. */
export const bedrockSettings = [
  {
    key: 'bedrock.serviceTier',
    environment: ['NEXUS_SERVICE_TIER'],
    type: { kind: 'choice', options: ['default', 'priority', 'flex', 'reserved'] },
    description: "Set Bedrock's service tier for every request",
    details: 'Claude does not support `flex`.',
    hint: 'tier',
  },
  {
    key: 'bedrock.latency',
    environment: ['NEXUS_LATENCY'],
    type: { kind: 'choice', options: ['standard', 'optimized'] },
    description: "Set Bedrock's latency for every request",
  },
  {
    key: 'bedrock.guardrail',
    environment: ['NEXUS_GUARDRAIL'],
    type: { kind: 'text' },
    description: 'Apply the guardrail with this id or ARN to every request',
    hint: 'id',
  },
  {
    key: 'bedrock.guardrailVersion',
    environment: ['NEXUS_GUARDRAIL_VERSION'],
    type: { kind: 'text' },
    default: 'DRAFT',
    description: 'Use this version of the guardrail',
    hint: 'version',
  },
  {
    key: 'bedrock.guardrailMode',
    environment: ['NEXUS_GUARDRAIL_MODE'],
    type: { kind: 'choice', options: ['sync', 'async'] },
    default: 'sync',
    description: 'Make a stream wait for the guardrail, or let it run ahead',
    details: '`sync` waits, `async` runs ahead.',
  },
] as const satisfies readonly Setting[]

import type { Setting } from './setting.ts'

/** Thirty days. */
const maximumKeyAgeSeconds = 2_592_000

/** How AI Nexus is reached. */
export const nexusSettings = [
  {
    key: 'endpointUrl',
    flag: 'endpoint-url',
    environment: ['NEXUS_ENDPOINT_URL'],
    type: { kind: 'url' },
    default: 'https://genai-nexus.api.corpinter.net',
    description: 'Where AI Nexus answers',
    details: 'May hold a path. An `http` address of another machine needs `--allow-http` beside it.',
    hint: 'url',
  },
  {
    key: 'allowHttp',
    flag: 'allow-http',
    environment: ['NEXUS_ALLOW_HTTP'],
    type: { kind: 'switch' },
    default: false,
    description: 'Send the key unencrypted where the address of AI Nexus begins with http',
    details:
      "Without a value as a flag; `1` in the variable, `true` in a file. This machine's own addresses need no such word.",
  },
  {
    key: 'apiKey',
    flag: 'api-key',
    environment: ['NEXUS_API_KEY', 'NEXUS_API_KEY_FILE', 'NEXUS_API_KEY_COMMAND', 'AWS_BEARER_TOKEN_BEDROCK'],
    type: { kind: 'secret' },
    description: 'AI Nexus key; safer in a variable or a file than on the command line',
    details:
      'Others on this machine can see a command line. `NEXUS_API_KEY_FILE` is the path of a file that holds it alone, `NEXUS_API_KEY_COMMAND` a program that prints it ([how](#a-program-that-prints-the-key)).',
    hint: 'key',
  },
  {
    key: 'apiKeyCommand',
    environment: [],
    type: { kind: 'command' },
    description: 'Program that prints the AI Nexus key, with its arguments',
    details:
      'A list: `["pass", "show", "nexus"]`. It runs without a shell ([how](#a-program-that-prints-the-key)). In the environment: `NEXUS_API_KEY_COMMAND`.',
    hint: 'program',
  },
  {
    key: 'apiKeyCommandMaxAge',
    environment: ['NEXUS_API_KEY_COMMAND_MAX_AGE'],
    type: { kind: 'number', minimum: 1, maximum: maximumKeyAgeSeconds, integer: true },
    description: 'Seconds after which that program is asked for the key again',
    details: 'Without it, only when AI Nexus refuses the key.',
    hint: 'seconds',
  },
] as const satisfies readonly Setting[]

/** Members of every Converse request, whatever the client says. Seldom wanted, so they have no flags. */
export const bedrockSettings = [
  {
    key: 'bedrock.serviceTier',
    environment: ['NEXUS_SERVICE_TIER'],
    type: { kind: 'choice', options: ['default', 'priority', 'flex', 'reserved'] },
    description: "Bedrock's service tier for every request",
    details: 'Claude takes no `flex`.',
    hint: 'tier',
  },
  {
    key: 'bedrock.latency',
    environment: ['NEXUS_LATENCY'],
    type: { kind: 'choice', options: ['standard', 'optimized'] },
    description: "Bedrock's latency setting for every request",
  },
  {
    key: 'bedrock.guardrail',
    environment: ['NEXUS_GUARDRAIL'],
    type: { kind: 'text' },
    description: 'Guardrail for every request: its id or ARN',
    hint: 'id',
  },
  {
    key: 'bedrock.guardrailVersion',
    environment: ['NEXUS_GUARDRAIL_VERSION'],
    type: { kind: 'text' },
    default: 'DRAFT',
    description: 'Version of that guardrail',
    hint: 'version',
  },
  {
    key: 'bedrock.guardrailMode',
    environment: ['NEXUS_GUARDRAIL_MODE'],
    type: { kind: 'choice', options: ['sync', 'async'] },
    default: 'sync',
    description: 'Whether a stream waits for the guardrail, or runs ahead of it',
    details: '`sync` waits, `async` runs ahead.',
  },
] as const satisfies readonly Setting[]

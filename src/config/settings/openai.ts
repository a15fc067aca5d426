import { openAiModelSettings } from './openai-models.ts'
import type { Setting } from './setting.ts'

/** How an OpenAI-compatible server is reached. */
const connectionSettings = [
  {
    key: 'openai.provider',
    flag: 'provider',
    environment: ['NEXUS_PROVIDER'],
    upstream: 'openai',
    type: { kind: 'text' },
    description: 'Use the base URL and the rules of this provider',
    details: 'Without it, the host of the base URL decides.',
    hint: 'id',
  },
  {
    key: 'openai.url',
    flag: 'openai-url',
    environment: ['NEXUS_OPENAI_URL', 'OPENAI_BASE_URL'],
    upstream: 'openai',
    type: { kind: 'url', mayHaveQuery: true },
    description: 'Send requests to this OpenAI-compatible server',
    details:
      "Without it, the provider's, or `https://api.openai.com/v1`. An `http` address of another machine also needs `--allow-http`.",
    hint: 'url',
  },
  {
    key: 'openai.apiKey',
    flag: 'api-key',
    environment: ['OPENAI_API_KEY', 'OPENAI_API_KEY_FILE'],
    upstream: 'openai',
    type: { kind: 'secret' },
    description: 'Key of the OpenAI-compatible server; safer in a variable or a file than on the command line',
    details:
      'Servers on this machine need none. `OPENAI_API_KEY_FILE` is the path of a file that holds only the key. The file key wins over the variables.',
    hint: 'key',
  },
  {
    key: 'openai.azureApiVersion',
    environment: ['NEXUS_OPENAI_AZURE_API_VERSION', 'AZURE_API_VERSION'],
    upstream: 'openai',
    type: { kind: 'text' },
    description: 'Address Azure deployments by this API version',
    hint: 'version',
  },
  {
    key: 'openai.headers',
    environment: [],
    environmentPrefix: 'CUSTOM_HEADER_',
    upstream: 'openai',
    type: { kind: 'headers' },
    description: 'Send these headers with every request to the server',
    details:
      'An object of names and values. They override the headers of the program. In the environment, `CUSTOM_HEADER_X_Y=v` sends `X-Y: v`. Values are never shown.',
  },
] as const satisfies readonly Setting[]

/** Facts about one server that its provider's row cannot know. */
const quirkSettings = [
  {
    key: 'openai.disableTools',
    environment: ['NEXUS_OPENAI_DISABLE_TOOLS', 'DISABLE_TOOLS'],
    upstream: 'openai',
    type: { kind: 'switch' },
    default: false,
    description: 'Send no tools; calls and results of the history become text',
  },
  {
    key: 'openai.reasoning',
    environment: ['NEXUS_OPENAI_REASONING'],
    upstream: 'openai',
    type: {
      kind: 'choice',
      options: [
        'none',
        'openai',
        'deepseek',
        'zai',
        'kimi',
        'qwen',
        'template',
        'minimax',
        'openrouter',
        'together',
        'groq',
        'mistral',
        'ollama',
        'nebius',
      ],
    },
    description: 'Switch thinking on and off in this dialect',
    details: "Without it, the provider's row decides.",
    hint: 'dialect',
  },
  {
    key: 'openai.prefill',
    environment: ['NEXUS_OPENAI_PREFILL'],
    upstream: 'openai',
    type: { kind: 'choice', options: ['none', 'prefix', 'partial', 'continue'] },
    default: 'none',
    description: 'Let the server continue a response that the client has begun',
    details: '`none` refuses such a request; `prefix`: Mistral, DeepSeek; `partial`: Kimi; `continue`: vLLM.',
  },
  {
    key: 'openai.serviceTier',
    environment: ['NEXUS_OPENAI_SERVICE_TIER'],
    upstream: 'openai',
    type: { kind: 'text' },
    description: 'Send this `service_tier` with every request',
    hint: 'tier',
  },
  {
    key: 'openai.textToolCalls',
    environment: ['NEXUS_OPENAI_TEXT_TOOL_CALLS'],
    upstream: 'openai',
    type: { kind: 'switch' },
    default: false,
    description: 'Turn calls that the model writes as text at the end of its response into tool calls',
    details: 'A quoted file can then run a tool.',
  },
  {
    key: 'openai.thinkPrefilled',
    environment: ['NEXUS_OPENAI_THINK_PREFILLED'],
    upstream: 'openai',
    type: { kind: 'switch' },
    default: false,
    description: 'Read text up to the first `</think>` as thinking, for chat templates that write `<think>` themselves',
  },
] as const satisfies readonly Setting[]

/** Client tokens of the systems that this upstream replaces: each opens, next to `clientToken` (OU-R5). */
const clientSettings = [
  {
    key: 'openai.gatewayToken',
    environment: ['GATEWAY_TOKEN'],
    upstream: 'openai',
    type: { kind: 'secret' },
    description: 'Accept this token from clients, too',
    hint: 'token',
  },
  {
    key: 'openai.clientKey',
    environment: ['ANTHROPIC_API_KEY'],
    upstream: 'openai',
    type: { kind: 'secret' },
    description: 'Accept this key from clients, too',
    hint: 'key',
  },
] as const satisfies readonly Setting[]

export const openAiSettings = [
  ...connectionSettings,
  ...openAiModelSettings,
  ...quirkSettings,
  ...clientSettings,
] as const satisfies readonly Setting[]

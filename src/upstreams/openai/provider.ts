import { type ChatDialect, type ChatDialectChange, unknownDialect } from '../../translate/capabilities/chat-dialect.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ChatRequest } from '../../wire/openai-chat/request.ts'

/** The differences of one family of models from the provider's other models. */
export interface ModelQuirks {
  /** Matches the upstream's id of the model. */
  readonly models: RegExp
  readonly dialect: ChatDialectChange
}

/** One OpenAI-compatible provider (OU section 6). */
export interface Provider {
  readonly id: string
  /** Default of `--provider`; absent if every installation has its own address. */
  readonly baseUrl?: string
  /** Selects the row by the base URL's host (and port): equal to an entry, or ending in one that begins with a dot. */
  readonly hosts: readonly string[]
  /** `optional`: self-hosted servers seldom have a key. */
  readonly auth: 'bearer' | 'api-key' | 'optional'
  readonly dialect: ChatDialectChange
  /** A 400 or 413 without a body means that the conversation is too long (OU-E11). */
  readonly isBareOverflow?: true
  /** Headers in addition to the usual ones. */
  readonly headersFor?: (body: ChatRequest, request: MessagesRequest) => Readonly<Record<string, string>>
  /** Later rows win. */
  readonly quirks?: readonly ModelQuirks[]
  /** Defaults of BIG_MODEL, MIDDLE_MODEL, SMALL_MODEL and VISION_MODEL (OU-R1, R3). */
  readonly defaults?: { readonly big: string; readonly middle: string; readonly small: string; readonly vision: string }
}

/** The row of a server that the table does not have. */
const unknownProvider: Provider = { id: unknownDialect.id, hosts: [], auth: 'bearer', dialect: {} }

const hostFits = (hosts: readonly string[], { host, hostname }: URL): boolean =>
  hosts.some((known) => (known.startsWith('.') ? hostname.endsWith(known) : known === host || known === hostname))

/** The provider of a base URL: the row that `id` names, or the first row whose host matches. */
export const providerOf = (providers: readonly Provider[], baseUrl: string, id?: string): Provider => {
  const url = new URL(baseUrl)
  const found = providers.find((provider) => (id === undefined ? hostFits(provider.hosts, url) : provider.id === id))
  return found ?? unknownProvider
}

/** OpenTelemetry's names of providers that have another id here. An unknown server speaks OpenAI's protocol. */
const conventionalNames: ReadonlyMap<string, string> = new Map([
  ['azure', 'azure.ai.openai'],
  ['gemini', 'gcp.gemini'],
  ['kimi', 'moonshot_ai'],
  ['mistral', 'mistral_ai'],
  ['xai', 'x_ai'],
  [unknownProvider.id, 'openai'],
])

/** The name of the provider in traces and metrics (OP-O2). */
export const providerNameOf = ({ id }: Provider): string => conventionalNames.get(id) ?? id

/** The dialect of a model: the provider's row with the model's quirks. */
export const dialectOf = ({ id, dialect, quirks = [] }: Provider, modelId: string): ChatDialect => {
  const changes = quirks.filter(({ models }) => models.test(modelId)).map(({ dialect: change }) => change)
  return Object.assign({ ...unknownDialect, ...dialect, id }, ...changes)
}

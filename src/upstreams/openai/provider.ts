import { type ChatDialect, type ChatDialectChange, unknownDialect } from '../../translate/capabilities/chat-dialect.ts'
import type { MessagesRequest } from '../../wire/anthropic/request.ts'
import type { ChatRequest } from '../../wire/openai-chat/request.ts'

/** What a family of one provider's models wants otherwise than the provider's other models. */
export interface ModelQuirks {
  /** Matches the upstream's id of the model. */
  readonly models: RegExp
  readonly dialect: ChatDialectChange
}

/** One OpenAI-compatible provider (OU section 6). */
export interface Provider {
  readonly id: string
  /** What `--provider` alone means; absent where every installation has its own address. */
  readonly baseUrl?: string
  /** The row is found by the base URL's host (and port): equal to one of these, or ending in it where it begins with a dot. */
  readonly hosts: readonly string[]
  /** `optional`: servers that people run themselves seldom have a key. */
  readonly auth: 'bearer' | 'api-key' | 'optional'
  readonly dialect: ChatDialectChange
  /** A 400 or 413 without a body means that the conversation is too long (OU-E11). */
  readonly isBareOverflow?: true
  /** Headers that a request has besides the usual ones. */
  readonly headersFor?: (body: ChatRequest, request: MessagesRequest) => Readonly<Record<string, string>>
  /** Later rows win. */
  readonly quirks?: readonly ModelQuirks[]
  /** Defaults of BIG_MODEL, MIDDLE_MODEL, SMALL_MODEL and VISION_MODEL (OU-R1, R3). */
  readonly defaults?: { readonly big: string; readonly middle: string; readonly small: string; readonly vision: string }
}

/** A server that no row knows. */
const unknownProvider: Provider = { id: unknownDialect.id, hosts: [], auth: 'bearer', dialect: {} }

const hostFits = (hosts: readonly string[], { host, hostname }: URL): boolean =>
  hosts.some((known) => (known.startsWith('.') ? hostname.endsWith(known) : known === host || known === hostname))

/** The provider of a base URL: the first row whose host fits, or the one that `id` names. */
export const providerOf = (providers: readonly Provider[], baseUrl: string, id?: string): Provider => {
  const url = new URL(baseUrl)
  const found = providers.find((provider) => (id === undefined ? hostFits(provider.hosts, url) : provider.id === id))
  return found ?? unknownProvider
}

/** The dialect that a provider's row, and the quirks of the model in it, make together. */
export const dialectOf = ({ id, dialect, quirks = [] }: Provider, modelId: string): ChatDialect => {
  const changes = quirks.filter(({ models }) => models.test(modelId)).map(({ dialect: change }) => change)
  return Object.assign({ ...unknownDialect, ...dialect, id }, ...changes)
}

import { faces } from '../../src/simulator/openai-chat/faces.ts'

/** Flags and variables that choose the program's upstream. */

export const upstreamKinds = ['nexus', 'openai', 'anthropic'] as const
export type UpstreamKind = (typeof upstreamKinds)[number]

interface UpstreamOptions {
  /** Without a path. */
  readonly url: string
  readonly apiKey: string
}

interface UpstreamArguments {
  readonly flags: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

const chatModel = faces.strict.models[0]?.id ?? ''

const argumentsOf: Readonly<Record<UpstreamKind, (options: UpstreamOptions) => UpstreamArguments>> = {
  nexus: ({ url, apiKey }) => ({ flags: ['--endpoint-url', url], environment: { NEXUS_API_KEY: apiKey } }),
  // Every model name gets the simulator's first model.
  openai: ({ url, apiKey }) => ({
    flags: ['--upstream', 'openai', '--openai-url', `${url}/v1`, '--provider', 'openai'],
    environment: { OPENAI_API_KEY: apiKey, BIG_MODEL: chatModel },
  }),
  anthropic: ({ url, apiKey }) => ({
    flags: ['--upstream', 'anthropic', '--anthropic-url', url],
    environment: { CLAUDE_API_KEY: apiKey },
  }),
}

/** Flags of `start`, and variables. */
export const upstreamArguments = (kind: UpstreamKind, options: UpstreamOptions): UpstreamArguments =>
  argumentsOf[kind](options)

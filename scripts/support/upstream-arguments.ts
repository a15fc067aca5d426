import { faces } from '../../src/simulator/openai-chat/faces.ts'

/** Flags and variables that choose the program's upstream. */

export type UpstreamKind = 'nexus' | 'openai'

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

/** Flags of `start`, and variables. With Chat Completions, every model name gets the simulator's first model. */
export const upstreamArguments = (kind: UpstreamKind, { url, apiKey }: UpstreamOptions): UpstreamArguments =>
  kind === 'nexus'
    ? { flags: ['--endpoint-url', url], environment: { NEXUS_API_KEY: apiKey } }
    : {
        flags: ['--upstream', 'openai', '--openai-url', `${url}/v1`, '--provider', 'openai'],
        environment: { OPENAI_API_KEY: apiKey, BIG_MODEL: chatModel },
      }

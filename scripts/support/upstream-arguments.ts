import type { FaceName } from '../../src/simulator/openai-chat/face-name.ts'
import { faces } from '../../src/simulator/openai-chat/faces.ts'

/** The program's arguments for an upstream. */

export type UpstreamKind = 'nexus' | 'openai'

export interface UpstreamOptions {
  /** Without a path. */
  readonly url: string
  readonly apiKey: string
  /** The server that an OpenAI-compatible one imitates. */
  readonly face?: FaceName
}

interface UpstreamArguments {
  readonly flags: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/** The provider of a server with this face. */
const providerOf = (face: FaceName): string => (face === 'strict' || face === 'gpt-5.6' ? 'openai' : face)

/** Flags of `start`, and variables, for an upstream at this address. Every model name gets the face's first model. */
export const upstreamArguments = (
  kind: UpstreamKind,
  { url, apiKey, face = 'strict' }: UpstreamOptions,
): UpstreamArguments =>
  kind === 'nexus'
    ? { flags: ['--endpoint-url', url], environment: { NEXUS_API_KEY: apiKey } }
    : {
        flags: ['--upstream', 'openai', '--openai-url', `${url}/v1`, '--provider', providerOf(face)],
        environment: { OPENAI_API_KEY: apiKey, BIG_MODEL: faces[face].models[0]?.id ?? '' },
      }

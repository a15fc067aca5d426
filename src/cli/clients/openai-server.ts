import { UsageError } from '../../base/usage-error.ts'
import { anyToken } from '../../config/client-tokens.ts'
import type { Config } from '../../config/load.ts'
import { missingKey } from '../config/set-up.ts'
import type { Io } from '../terminal/io.ts'
import type { Client, LaunchServer, LaunchSetUp } from './client.ts'
import { clientTokenOf, localUrl } from './connection.ts'
import { type LaunchTarget, launchTarget } from './host.ts'
import { needsClientKey } from './own-key.ts'

/** The server's OpenAI API, for a client on this machine. */
export interface OpenAiServer {
  /** Ends in `/v1`. */
  readonly baseUrl: string
  readonly target: LaunchTarget
  readonly token: string
}

/** Throws UsageError if the server does not serve OpenAI's API. */
export const requireOpenAiApi = (
  { title }: Pick<Client, 'title'>,
  { openaiEntrance }: Pick<Config, 'openaiEntrance'>,
  source: string | undefined,
): void => {
  if (openaiEntrance.enabled) return
  throw new UsageError(
    `${title} uses the server's OpenAI API, which is off (${source ?? 'openaiEntrance.enabled'}). Switch it on.`,
  )
}

/**
 * Throws UsageError if the server has no key for this client: it sends no credential of the upstream. A server
 * elsewhere may have a key that is not known here.
 */
export const requireServerKey = (
  { name }: Pick<Client, 'name'>,
  setUp: LaunchSetUp,
  { config }: Pick<LaunchServer, 'config'>,
  { machine }: Pick<Io, 'machine'>,
): void => {
  if (!setUp.isElsewhere && needsClientKey(setUp, config))
    throw new UsageError(missingKey(setUp.connection, machine, name))
}

/** Rejects with UsageError if the server does not serve OpenAI's API, or has no key. */
export const openAiServerOf = async (
  client: Pick<Client, 'name' | 'title'>,
  setUp: LaunchSetUp,
  { config, port }: LaunchServer,
  io: Pick<Io, 'machine'>,
): Promise<OpenAiServer> => {
  requireOpenAiApi(client, config, setUp.loaded.sources.get('openaiEntrance.enabled'))
  requireServerKey(client, setUp, { config }, io)
  const target = await launchTarget(config, port, { ...setUp, ...io })
  const baseUrl = `${localUrl({ ...config, host: target.host }, port)}/v1`
  return { baseUrl, target, token: clientTokenOf(config) ?? anyToken }
}

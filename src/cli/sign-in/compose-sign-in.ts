import type { Logger } from '../../base/logger.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import { namedTokensOf } from '../../config/client-tokens.ts'
import type { Config } from '../../config/load.ts'
import type { Machine } from '../../config/paths.ts'
import { signInUrlOf } from '../../config/sign-in.ts'
import { createNamedClients } from '../../gateway/policy/access.ts'
import { createSignIn } from '../../gateway/sign-in/sign-in.ts'
import type { SignInFacts } from '../../server/sign-in/facts.ts'
import type { Fetch } from '../../upstreams/http/post.ts'
import type { ClientEntry } from '../../wire/clients-file.ts'
import { localUrl, urlOf } from '../clients/connection.ts'
import { composeTelemetry } from './compose-telemetry.ts'
import { openSignInFolder } from './sign-in-folder.ts'

/** Composes sign-in for a server of this process (SI). Only `start` has it. */

export interface OpenSignInOptions {
  readonly config: Config
  /** The name that the server's certificate has, or the address that it is bound to. */
  readonly host: string
  readonly clients: { current(): readonly ClientEntry[] } | undefined
  readonly log: Logger
  readonly machine: Machine
  /** With the variables of --env-file. */
  readonly environment: Machine['environment']
}

export interface OpenedSignIn {
  readonly facts: SignInFacts
  /** Call this as soon as the server listens. Rejects with UsageError. */
  publish(): Promise<void>
  close(): Promise<void>
}

/** Opens the sessions for this server alone. Rejects with UsageError. */
export const openSignIn = async (options: OpenSignInOptions): Promise<OpenedSignIn> => {
  const { config, host, clients, log, machine, environment } = options
  const { port, tls, signIn } = config
  const forwardTelemetry = composeTelemetry(config, environment, { fetch: fetch as Fetch, log })
  const folder = await openSignInFolder({ machine, log, pid: process.pid })
  const publicUrl = signInUrlOf(config) ?? urlOf(host, port, tls.cert !== undefined)
  const named = createNamedClients({ namedTokens: namedTokensOf(config), clients, date: Date.now })
  const core = createSignIn({
    store: folder.store,
    log,
    date: Date.now,
    now: () => performance.now(),
    random: (count) => crypto.getRandomValues(new Uint8Array(count)),
    isLoopback: isLoopbackHost(new URL(publicUrl).hostname),
    isClient: named && ((name) => named.ofName(name) !== undefined),
  })
  const { admin } = folder
  return {
    facts: { signIn: core, publicUrl, approve: signIn.approve, admin, clientNames: named?.names, forwardTelemetry },
    // Not the certificate's name, which may lead through other machines: the server answers the commands only to this one.
    publish: () => folder.publish(localUrl(config, port)),
    close: folder.close,
  }
}

import { attempt } from '../../base/attempt.ts'
import { isObject } from '../../base/json.ts'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { Machine } from '../../config/paths.ts'
import { productName } from '../../version.ts'
import type { Client } from '../clients/client.ts'
import { findProgram } from '../clients/find-program.ts'
import { codexClient } from '../codex/codex-client.ts'
import { providerId } from '../codex/codex-configuration.ts'
import { codexSettings, codexSettingsPath } from '../codex/codex-settings.ts'
import { openCodeClient } from '../opencode/opencode-client.ts'
import { type Check, type CheckGroup, type Finding, info, ok, warn } from './check.ts'
import type { DoctorContext } from './context.ts'

/** Checks Codex and opencode. Both are optional: a missing one is no fault. */

const openAiClients = [codexClient, openCodeClient] as const

export const hasOpenAiClient = (machine: Machine): boolean =>
  openAiClients.some((client) => findProgram(client, machine) !== undefined)

const programFinding = (client: Client, machine: Machine): Finding => {
  const path = findProgram(client, machine)?.path
  if (path !== undefined) return ok(path, { path })
  return info(`not found on PATH; only ${productName} ${client.name} needs it`, { path: null })
}

const programCheck = (client: Client, machine: Machine): Check => ({
  id: `${client.name}.program`,
  title: client.title,
  run: () => programFinding(client, machine),
})

/** For a configuration with an error. */
const unknownUrl = 'http://127.0.0.1:0'

const apiFinding = ({ loaded, url = unknownUrl }: DoctorContext): Finding => {
  const config = loaded?.config
  if (config?.openaiEntrance.enabled !== false) return ok(`${url}/v1, if the server runs`)
  const source = loaded?.sources.get('openaiEntrance.enabled') ?? 'openaiEntrance.enabled'
  return info(`off (${source}); ${productName} codex and ${productName} opencode turn it on for their own server`)
}

/** A server on another machine, or on any free port, cannot be compared with the configuration. */
const isPossible = (url: URL, port: number): boolean =>
  port === 0 || !isLoopbackHost(url.hostname) || Number(url.port) === port

const fileFinding = ({ io: { machine }, loaded, url: own = unknownUrl }: DoctorContext): Finding => {
  const path = codexSettingsPath(machine)
  const { model_providers: providers } = codexSettings(machine)
  const provider = isObject(providers) ? providers[providerId] : undefined
  if (!isObject(provider)) return info(`${path} has no provider ${providerId}; ${productName} codex needs none`)
  const { base_url: baseUrl, model_catalog_url: catalogUrl } = provider
  const remedy = `For the lines of this server, run:\n  ${productName} env --client codex`
  const url = attempt(() => new URL(String(baseUrl)))
  if (url === undefined) return warn(`${path} has no valid base_url for the provider ${providerId}`, remedy)
  if (!isPossible(url, loaded?.config.port ?? 0))
    return warn(
      `the provider ${providerId} in ${path} uses port ${url.port || '80'}, but the server listens at ${own}`,
      `Correct its URLs, or start the server with --port. ${remedy}`,
    )
  if (catalogUrl === undefined)
    return warn(
      `the provider ${providerId} in ${path} has no model_catalog_url: Codex guesses the window, and has no tool for patches`,
      remedy,
    )
  return ok(`${path} has the provider ${providerId}, at ${url.host}`)
}

export const openAiClientChecks = (context: DoctorContext): CheckGroup => {
  const { machine } = context.io
  return {
    title: 'Codex and opencode',
    checks: [
      { id: 'openai-api', title: 'OpenAI API', run: () => apiFinding(context) },
      programCheck(codexClient, machine),
      programCheck(openCodeClient, machine),
      { id: 'codex.settings', title: "Codex's file", run: () => fileFinding(context) },
    ],
  }
}

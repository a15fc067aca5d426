import { dirname } from 'node:path'
import { anyToken } from '../../../config/client-tokens.ts'
import type { Machine } from '../../../config/paths.ts'
import { clientNameOf } from '../../../models/resolver.ts'
import { productName } from '../../../version.ts'
import { requireOpenAiApi } from '../../clients/openai-server.ts'
import { codexClient, webSearchFor } from '../../codex/codex-client.ts'
import { codexFileLines, tokenVariable } from '../../codex/codex-configuration.ts'
import { codexSettings, codexSettingsPath } from '../../codex/codex-settings.ts'
import type { SetupClient, SetupRequest } from '../client-plan.ts'
import { joined } from './client-folders.ts'

const profile = 'nexus'

/** Codex reads `NAME.config.toml` for `--profile NAME`, over its `config.toml`. */
const profilePath = (machine: Machine): string =>
  joined(machine, dirname(codexSettingsPath(machine)), `${profile}.config.toml`)

/** The assignment for the user's shell; a token comes from our own command, so that it is not in the history. */
const assignment = ({ machine, token, tokenCommand }: SetupRequest): string => {
  if (machine.platform === 'win32')
    return `$env:${tokenVariable} = ${token === undefined ? `'${anyToken}'` : `(cmd /c '${tokenCommand}')`}`
  return `export ${tokenVariable}=${token === undefined ? anyToken : `"$(${tokenCommand})"`}`
}

const textFor = ({ machine, setUp, url }: SetupRequest): string => {
  const lines = codexFileLines({
    baseUrl: `${url}/v1`,
    model: clientNameOf(setUp.model.model),
    webSearch: webSearchFor(setUp.loaded.config),
    settings: codexSettings(machine),
  })
  return [`# Written by ${productName} setup codex. Start: codex --profile ${profile}`, ...lines, ''].join('\n')
}

export const codexSetup: SetupClient = {
  name: 'codex',
  title: codexClient.title,
  files: (machine) => [profilePath(machine)],
  plan(request) {
    const { machine, setUp } = request
    const { config, sources } = setUp.loaded
    requireOpenAiApi(codexClient, config, sources.get('openaiEntrance.enabled'))
    return {
      files: [{ path: profilePath(machine), format: 'own', text: textFor(request) }],
      notes: [
        'config.toml does not change: without --profile, Codex works as before.',
        `Codex reads the token from the variable ${tokenVariable}, also if the server requires none.`,
      ],
      restart: 'Nothing needs a restart: the next start of Codex reads the file.',
      check: `${assignment(request)}; codex --profile ${profile}`,
    }
  },
}

import { absolutePath, type Machine, settingPath } from '../../../config/paths.ts'
import type { Setting } from '../../../config/settings/setting.ts'
import type { SettingKey } from '../../../config/settings/settings.ts'
import { settings } from '../../../config/settings/settings.ts'
import { signInUrlOf } from '../../../config/sign-in.ts'
import { productName } from '../../../version.ts'
import { needsPlaceholder } from '../../clients/connection.ts'
import { type Shell, shellWord } from '../../clients/shells.ts'
import type { CommandConfig } from '../../config/config-input.ts'
import { settingText } from '../../config/setting-text.ts'
import { labelled } from '../../terminal/wrap.ts'

/** The command to type next, in another terminal, to use the server that has just started. */

const settingsOfEnv: readonly SettingKey[] = [
  'host',
  'tls.cert',
  'model',
  'smallModel',
  'gatewayMode',
  'cache.ttl',
  'upstream',
  'openai.provider',
  'openai.url',
  'openai.modelMap',
  'anthropic.clientKeys',
  'anthropic.credentialsDir',
  'anthropic.allowOauth',
  'anthropic.claudeCodeLogin',
]

/** Flags that give `env` the same settings as `start`; undefined if they would contain a secret. */
const flagsForEnv = (
  { sources, values, places }: CommandConfig,
  port: number,
  machine: Machine,
): string[] | undefined => {
  const isTyped = (key: SettingKey): boolean => sources.get(key)?.startsWith('--') === true
  // `env` prints a token only if it knows that the server has a key.
  if (places.isDev || isTyped('clientToken') || isTyped('anthropic.apiKey')) return undefined
  const [file] = places.files
  const given = (settings as readonly (Setting & { readonly key: SettingKey })[]).filter(
    ({ key, flag }) => settingsOfEnv.includes(key) && sources.get(key) === `--${flag}`,
  )
  return [
    ...given.flatMap(({ key, flag, type, hint }) => {
      const text = settingText(values.get(key))
      // The other terminal may be in another folder.
      return [`--${flag}`, ...(type.kind === 'switch' ? [] : [hint === 'file' ? settingPath(machine, text) : text])]
    }),
    ...(port !== values.get('port') || sources.get('port') === '--port' ? ['--port', String(port)] : []),
    ...(file?.isNamed ? ['--config', file.path] : []),
    ...(places.environmentFile === undefined ? [] : ['--env-file', absolutePath(machine, places.environmentFile.path)]),
  ]
}

const lineFor = (shell: Exclude<Shell, 'cmd'>, env: string): string => {
  switch (shell) {
    case 'bash':
    case 'zsh':
    case 'sh':
      return `eval "$(${env})"; claude`
    case 'fish':
      return `${env} | source; claude`
    case 'powershell':
    case 'pwsh':
      return `${env} | Out-String | Invoke-Expression; claude`
  }
}

const column = 12

interface Terminal {
  readonly shell: Shell
  readonly machine: Machine
}

/** Lines for the terminal, with the last line break. cmd cannot evaluate a program's output. */
export const nextStep = (loaded: CommandConfig, port: number, { shell, machine }: Terminal): string => {
  const { config } = loaded
  if (config.signIn.enabled) {
    const url = signInUrlOf(config)
    const setUp = `${productName} setup claude-code --sign-in${url === undefined ? '' : ` --url ${url}`}`
    return `${labelled('Next', `once: ${setUp}. Then run claude, and /login in it`, column)}\n`
  }
  if (needsPlaceholder(config))
    return `${labelled('Next', `give each client its token: ${productName} clients add NAME`, column)}\n`
  const flags = flagsForEnv(loaded, port, machine)
  if (flags === undefined || shell === 'cmd')
    return `${labelled('Next', 'use --claude-code to print the command that starts Claude Code', column)}\n`
  const env = [productName, 'env', ...flags.map((word) => shellWord(shell, word))].join(' ')
  return `${labelled('Next', 'in another terminal:', column)}\n  ${lineFor(shell, env)}\n`
}

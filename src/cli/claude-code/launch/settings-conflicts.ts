import { UsageError } from '../../../base/usage-error.ts'
import type { LaunchEnvironment } from '../../clients/shells.ts'
import { isHarmless, type SettingsVariable } from '../claude-settings.ts'
import { otherProviders, ownKey } from './environment.ts'

/**
 * Claude Code's settings win over its environment, and settings for another gateway would bypass this server. The
 * `--settings` argument wins over all of them, except managed settings.
 */

/**
 * With other values, no request reaches this server; Claude Code would ask the user about a key. Models are the user's
 * choice: the server knows every Claude.
 */
const needed: ReadonlySet<string> = new Set(['ANTHROPIC_BASE_URL', 'NO_PROXY', 'no_proxy', ownKey, ...otherProviders])
const token = 'ANTHROPIC_AUTH_TOKEN'
const headers = 'ANTHROPIC_CUSTOM_HEADERS'

/** Whether a session of `claude` does not depend on this entry of a settings file (`env.NAME`, or a key). */
export const isOverridden = (entry: string): boolean => {
  const name = entry.startsWith('env.') ? entry.slice('env.'.length) : undefined
  return name === undefined || name === token || needed.has(name)
}

const isWrong = ({ name, value }: SettingsVariable, launch: LaunchEnvironment): boolean =>
  needed.has(name) && !isHarmless(name, value, launch) && !(name === ownKey && !launch.unset.includes(ownKey))

/** Throws UsageError that names the file, if `claude` cannot override it. */
export const resolveSettingsConflicts = (launch: LaunchEnvironment, variables: readonly SettingsVariable[]) => {
  const wrong = variables.filter((variable) => isWrong(variable, launch))
  // Without a token of the server, each token is the user's own, for Anthropic.
  const otherToken = token in launch.set ? variables.find(({ name }) => name === token) : undefined
  const otherHeaders = otherToken && variables.find(({ name }) => name === headers)
  const refuse = ({ name, path, isManaged }: SettingsVariable): never => {
    const remedy = isManaged ? 'Ask your administrator to remove it.' : 'Remove it there, and try again.'
    throw new UsageError(
      `${path} sets ${name}, which makes Claude Code bypass this server and cannot be overridden. ${remedy}`,
    )
  }
  const managed = wrong.find(({ isManaged }) => isManaged)
  if (managed !== undefined) refuse(managed)
  if (otherHeaders !== undefined && otherToken !== undefined) refuse(otherToken)
  return {
    // Other users can see a program's arguments, so the token is in a header, which the server accepts, too.
    environment:
      otherToken === undefined
        ? launch
        : { ...launch, set: { ...launch.set, [headers]: `x-api-key: ${launch.set[token]}` } },
    /** For the `--settings` argument. */
    env: Object.fromEntries(wrong.map(({ name }) => [name, launch.set[name] ?? ''])),
  }
}

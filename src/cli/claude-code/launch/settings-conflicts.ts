import { UsageError } from '../../../base/usage-error.ts'
import { isHarmless, type SettingsVariable } from '../claude-settings.ts'
import { otherProviders } from './environment.ts'
import type { LaunchEnvironment } from './shells.ts'

/**
 * Claude Code's settings win over the environment it is started with, and what stands there for another
 * gateway would lead past us. Its own `--settings` wins over them, but for what a company prescribes.
 */

/**
 * With another value no request reaches us; of a key Claude Code would ask the user. The models are the user's
 * choice: we know every Claude.
 */
const needed: ReadonlySet<string> = new Set([
  'ANTHROPIC_BASE_URL',
  'NO_PROXY',
  'no_proxy',
  'ANTHROPIC_API_KEY',
  ...otherProviders,
])
const token = 'ANTHROPIC_AUTH_TOKEN'
const headers = 'ANTHROPIC_CUSTOM_HEADERS'

/** Whether the session that `claude` starts works without this entry of a settings file (`env.NAME`, or a key). */
export const isOverridden = (entry: string): boolean => {
  const name = entry.startsWith('env.') ? entry.slice('env.'.length) : undefined
  return name === undefined || name === token || needed.has(name)
}

const isWrong = ({ name, value }: SettingsVariable, launch: LaunchEnvironment): boolean =>
  needed.has(name) && !isHarmless(name, value, launch)

/** Throws UsageError that names the file, where there is no way to win. */
export const resolveSettingsConflicts = (launch: LaunchEnvironment, variables: readonly SettingsVariable[]) => {
  const wrong = variables.filter((variable) => isWrong(variable, launch))
  const otherToken = variables.find(({ name }) => name === token)
  const otherHeaders = otherToken && variables.find(({ name }) => name === headers)
  const refuse = ({ name, path, isManaged }: SettingsVariable): never => {
    const remedy = isManaged ? 'Ask whoever manages this machine to take it out.' : 'Take it out there, and try again.'
    throw new UsageError(
      `${path} sets ${name}, which leads Claude Code past this server and cannot be overruled from here. ${remedy}`,
    )
  }
  const prescribed = wrong.find(({ isManaged }) => isManaged)
  if (prescribed !== undefined) refuse(prescribed)
  if (otherHeaders !== undefined && otherToken !== undefined) refuse(otherToken)
  return {
    // Others see a program's arguments, so the token goes another way: a header that the server takes as well.
    environment:
      otherToken === undefined
        ? launch
        : { ...launch, set: { ...launch.set, [headers]: `x-api-key: ${launch.set[token]}` } },
    /** To be given by `--settings`. */
    env: Object.fromEntries(wrong.map(({ name }) => [name, launch.set[name] ?? ''])),
  }
}

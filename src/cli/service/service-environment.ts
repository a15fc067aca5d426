import { absolutePath, type Machine } from '../../config/paths.ts'
import { productName } from '../../version.ts'
import type { Service } from './service.ts'

/** Variables of the current environment that a service needs in a company network: proxies and certificates. */

const proxies = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'] as const
const exceptions = ['NO_PROXY', 'no_proxy'] as const
const files = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'] as const

type ServiceEnvironment = Pick<Service, 'environment' | 'withheld'>

/** A user name and a password precede an at sign, also in an invalid URL. */
const holdsLogin = (value: string): boolean => value.includes('@')

/** Windows ignores the case of variable names: the second spelling is the same variable. */
const spellings = (names: readonly string[], { platform }: Machine): readonly string[] =>
  platform === 'win32' ? names.filter((name) => name === name.toUpperCase()) : names

export const serviceEnvironmentOf = (machine: Machine): ServiceEnvironment => {
  const set = (names: readonly string[]): [string, string][] =>
    spellings(names, machine).flatMap((name) => {
      const value = machine.environment[name]?.trim() ?? ''
      return value === '' ? [] : [[name, value]]
    })
  const named = set(proxies)
  return {
    environment: [
      ...named.filter(([, value]) => !holdsLogin(value)),
      ...set(exceptions),
      ...set(files).map(([name, value]): [string, string] => [name, absolutePath(machine, value)]),
      // The service ignores a relative path, too. Windows does not use these variables.
      ...set(['XDG_CONFIG_HOME', 'XDG_STATE_HOME']).filter(([, value]) => value.startsWith('/')),
    ],
    withheld: named.filter(([, value]) => holdsLogin(value)).map(([name]) => name),
  }
}

/**
 * Returns a path that stays valid after an upgrade. Homebrew and Scoop keep each version in its own folder, next to a
 * link to the current version.
 */
export const lastingPath = (program: string): string =>
  program
    .replace(new RegExp(`/Cellar/${productName}/[^/]+/`), `/opt/${productName}/`)
    .replace(
      new RegExp(String.raw`(\\scoop\\apps\\${productName}\\)[^\\]+(?=\\)`, 'i'),
      (_, folder: string) => `${folder}current`,
    )

/** Whether the program is in a cache of npx or bunx, which they may clear at any time. */
export const isPassing = (program: string): boolean => /[\\/](?:_npx|bunx-[^\\/]*)[\\/]/.test(program)

import { absolutePath, type Machine } from '../../config/paths.ts'
import { productName } from '../../version.ts'
import type { Service } from './service.ts'

/** What of the present environment a service needs and would not have: the way through a company's network. */

const proxies = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'] as const
const exceptions = ['NO_PROXY', 'no_proxy'] as const
const files = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'] as const

type ServiceEnvironment = Pick<Service, 'environment' | 'withheld'>

/** A user and a password stand in front of an at sign, however odd the address is. */
const holdsLogin = (value: string): boolean => value.includes('@')

/** Windows' variables answer to any spelling of their names: the second one is the first again. */
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
      // A relative one is ignored, here as by the service; and Windows has no use for any.
      ...set(['XDG_CONFIG_HOME']).filter(([, value]) => value.startsWith('/')),
    ],
    withheld: named.filter(([, value]) => holdsLogin(value)).map(([name]) => name),
  }
}

/**
 * A path that an upgrade leaves as it is. Homebrew and Scoop keep each version in a folder of its own, and
 * a link beside them to the present one.
 */
export const lastingPath = (program: string): string =>
  program
    .replace(new RegExp(`/Cellar/${productName}/[^/]+/`), `/opt/${productName}/`)
    .replace(
      new RegExp(String.raw`(\\scoop\\apps\\${productName}\\)[^\\]+(?=\\)`, 'i'),
      (_, folder: string) => `${folder}current`,
    )

/** npx and bunx empty theirs when they like. */
export const isPassing = (program: string): boolean => /[\\/](?:_npx|bunx-[^\\/]*)[\\/]/.test(program)

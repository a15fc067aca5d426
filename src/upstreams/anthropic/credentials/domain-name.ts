/** Names of domains and of their files. Pure: `Host` comes from clients, and decides which file is read. */

const hostName = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::\d{1,5})?$/i
const ipv6 = /^\[[0-9a-f:.]{2,45}\](?::\d{1,5})?$/i
/** A name of 253 characters, with brackets or a port. */
const longestHost = 260

/** The domain of a request: its `Host` in lower case, with the port as sent. Undefined for any other text (AU-K9). */
export const toDomainName = (host: string): string | undefined => {
  if (host.length > longestHost || host.includes('..')) return undefined
  return hostName.test(host) || ipv6.test(host) ? host.toLowerCase() : undefined
}

export const fileSuffix = '.credentials.json'

/** Windows opens a device under these names, with any suffix. */
const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/

/** The names under which the file of a domain may be stored, in their order (AU-K10). Windows allows no colons. */
export const fileNamesOf = (domain: string, isWindows: boolean): readonly string[] => {
  const names = [domain, domain.replace(/:\d+$/, '')].flatMap((name) => {
    const withoutColons = name.replaceAll(':', '_')
    return isWindows ? [withoutColons] : [name, withoutColons]
  })
  return [...new Set(names)].filter((name) => !isWindows || !device.test(name)).map((name) => name + fileSuffix)
}

/** The domain whose requests a file serves. Undefined for a name that no request reaches. */
export const domainOfFile = (fileName: string): string | undefined => {
  if (!fileName.endsWith(fileSuffix)) return undefined
  // No host has an underscore.
  const name = fileName.slice(0, -fileSuffix.length).replaceAll('_', ':')
  return toDomainName(name) === name ? name : undefined
}

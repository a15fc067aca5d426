/** A host name or an address, with or without a port. */
const hostForm = /^(?<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/

/**
 * The name in a `Host` header, in lower case, without its port and without the dot of a complete name; undefined for any
 * other text.
 */
export const hostNameOf = (host: string): string | undefined =>
  hostForm.exec(host.toLowerCase())?.groups?.['name']?.replace(/\.$/, '')

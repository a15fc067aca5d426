/**
 * Ids of the searches that clients see, made from the model's ids and read back to them. Anthropic accepts only letters,
 * digits and underscores after `srvtoolu_`.
 */

const prefix = 'srvtoolu_nca1_'
const own = /^srvtoolu_nca1_(\w+)$/

export const toServerToolId = (modelId: string): string =>
  prefix + modelId.replace(/[^a-zA-Z0-9]/g, (character) => `_${character.charCodeAt(0).toString(16)}_`)

/** Whether this program made the id. */
export const isOwnServerToolId = (id: string): boolean => own.test(id)

/** The model's id; a foreign id stays as it is. */
export const toModelToolId = (id: string): string => {
  const escaped = own.exec(id)?.[1]
  return escaped === undefined
    ? id
    : escaped.replace(/_([0-9a-f]{1,4})_/g, (_found, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

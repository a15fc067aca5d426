/** Parses service definitions by the rules of the manuals of the service managers. */

/** All values of a name in a systemd unit. */
export const unitValues = (unit: string, name: string): string[] =>
  [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value)

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '"': '"', '\\': '\\', "'": "'" }

/** systemd.syntax(7): words, quotes, escapes; then specifiers. Only the specifier `%%` is allowed. */
export const systemdWords = (line: string): string[] => {
  const words: string[] = []
  let word: string | undefined
  let isQuoted = false
  for (let at = 0; at < line.length; at += 1) {
    const sign = line.charAt(at)
    if (sign === '\\') {
      at += 1
      const meant = escapes[line.charAt(at)]
      if (meant === undefined) throw new Error(`unknown escape in ${line}`)
      word = (word ?? '') + meant
    } else if (sign === '"') {
      isQuoted = !isQuoted
      word ??= ''
    } else if (sign === "'" && !isQuoted) throw new Error(`another kind of quote in ${line}`)
    else if (sign === ' ' && !isQuoted) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + sign
  }
  if (isQuoted) throw new Error(`an open quote in ${line}`)
  return [...words, ...(word === undefined ? [] : [word])].map((text) =>
    text.replace(/%(.?)/g, (_, next: string) => {
      if (next !== '%') throw new Error(`a specifier in ${line}`)
      return '%'
    }),
  )
}

/** systemd.service(5): systemd replaces variables in arguments; `$$` is a dollar. */
export const systemdArgument = (word: string): string =>
  word.replace(/\$(.?)/g, (_, next: string) => {
    if (next !== '$') throw new Error(`a variable in ${word}`)
    return '$'
  })

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

export const xmlWords = (text: string): string =>
  text.replace(/&(?:#(\d+)|(\w+));/g, (_, code: string | undefined, name: string) =>
    code === undefined ? (entities[name] ?? '') : String.fromCodePoint(Number(code)),
  )

/** Splits a command line as Windows programs do: Microsoft's "Parsing C command-line arguments". */
export const windowsWords = (line: string): string[] => {
  const words: string[] = []
  let word: string | undefined
  let isQuoted = false
  for (const [part] of line.matchAll(/\\*"|\\+|[^\\"]/g)) {
    if (part.endsWith('"')) {
      const slashes = part.length - 1
      word = (word ?? '') + '\\'.repeat(Math.floor(slashes / 2))
      if (slashes % 2 === 1) word += '"'
      else isQuoted = !isQuoted
    } else if (part === ' ' && !isQuoted) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + part
  }
  return [...words, ...(word === undefined ? [] : [word])]
}

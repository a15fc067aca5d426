/** `SHA256SUMS`, in the format of sha256sum. */

export const sumsName = 'SHA256SUMS'

/** Sums of files, by name. */
export type Sums = ReadonlyMap<string, string>

export const toSums = (sums: Sums): string =>
  [...sums]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, sum]) => `${sum}  ${name}\n`)
    .join('')

/** Throws for an invalid line. */
export const parseSums = (text: string): Sums =>
  new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, sum, name] = /^([0-9a-f]{64}) [ *](\S+)$/.exec(line) ?? []
        if (sum === undefined || name === undefined) throw new Error(`${sumsName} has an invalid line: ${line}`)
        return [name, sum] as const
      }),
  )

/**
 * Terminal colours. Consola decides about its colours when the module is loaded, by standard output and the process's
 * environment: text on standard error would lose its colours if only standard output is piped. Callers ask `Io`.
 */

const sgr =
  (begin: number, end: number) =>
  (text: string): string =>
    `\u001b[${begin}m${text}\u001b[${end}m`

const usualColor = 39
const usualWeight = 22

export const colors = {
  bold: sgr(1, usualWeight),
  red: sgr(31, usualColor),
  green: sgr(32, usualColor),
  yellow: sgr(33, usualColor),
  cyan: sgr(36, usualColor),
  gray: sgr(90, usualColor),
} as const

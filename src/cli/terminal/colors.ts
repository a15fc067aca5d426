/**
 * A terminal's colours. Consola's ask for themselves whether there is one, and for that load `node:tty`, which brings
 * all of node's network with it: a millisecond of each start. Whoever paints here has asked `Io`.
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

/** Characters that control a terminal or the direction of text. */
const hidden = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Text of certificates, responses, or files, with a space for each character that could control the terminal. */
export const untrustedText = (text: string): string => text.replace(hidden, ' ')

/** Neither Converse nor the model takes a text of white space alone. */
export const isBlank = (text: string): boolean => text.trim() === ''

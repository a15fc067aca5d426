/** The path to a part of a JSON value: member names, and indices from 0. */
export type Path = readonly (string | number)[]

/** `messages[0].content[1].text`: a path as OpenAI's errors write it. */
export const bracketed = (path: Path): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')

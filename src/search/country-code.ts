/** ISO 3166-1; another value is ignored (WS-45). */
export const isCountryCode = (text: string): boolean => /^[a-z]{2}$/i.test(text)

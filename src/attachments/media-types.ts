/** The kinds of files that are taken, and the endings that a file of each may have. Pure. */

/** The first ending is the one that is given to a file without a fitting one. */
const endings: Readonly<Record<string, readonly string[]>> = {
  'application/pdf': ['pdf'],
  'image/png': ['png', 'apng'],
  'image/jpeg': ['jpg', 'jpeg', 'jpe', 'jfif'],
  'image/webp': ['webp'],
  'image/gif': ['gif'],
  'image/heic': ['heic', 'heif'],
  'image/heif': ['heif', 'heic'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
  'application/vnd.oasis.opendocument.text': ['odt'],
  'application/vnd.oasis.opendocument.spreadsheet': ['ods'],
  'application/vnd.oasis.opendocument.presentation': ['odp'],
  // Texts that are programs, scripts or pages to some computer get another ending.
  'text/plain': ['txt', 'csv', 'md', 'log'],
}

export const takenTypes: readonly string[] = Object.keys(endings)

export const endingsOf = (mediaType: string): readonly string[] => endings[mediaType] ?? []

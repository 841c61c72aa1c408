// @ts-check

/**
 * A round avatar with the account's initials.
 *
 * @param {{ name: string, colour: string }} account
 */
export function avatarSvg({ name, colour }) {
  const initials = name
    .split(' ')
    .map((word) => word[0])
    .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img" aria-label="${name}">
  <circle cx="48" cy="48" r="48" fill="${colour}"/>
  <text x="48" y="50" fill="#fff" font-family="system-ui, sans-serif" font-size="36" font-weight="600"
    text-anchor="middle" dominant-baseline="central">${initials}</text>
</svg>
`;
}

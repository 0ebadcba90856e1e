// Random choices that a seed repeats.
export function makeRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 13), 3266489917) >>> 0;
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 4294967296;
  };
  const random = {
    below: (count) => Math.floor(next() * count),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)],
    some: (items, probability = 0.5) => items.filter(() => next() < probability),
    shuffle: (items) => {
      const rest = [...items];
      const result = [];
      while (rest.length > 0) result.push(...rest.splice(Math.floor(next() * rest.length), 1));
      return result;
    },
  };
  return random;
}

// A small drawing kit: gradients, turned ("lathe") bodies, boxes, shadows and backdrops.
// Everything is deterministic: the same code always writes the same bytes.
export const K = 0.2; // how much we look down on things: ellipse height / width
export const DARK = '#2a1f1f';
let defs, out, keys, n;

const f = x => String(+Number(x).toFixed(1));
const rgb = c => [1, 3, 5].map(i => parseInt(c.slice(i, i + 2), 16));
export function mix(a, b, t) {
  const x = rgb(a), y = rgb(b);
  return '#' + x.map((v, i) => Math.round(v + (y[i] - v) * t).toString(16).padStart(2, '0')).join('');
}
export const dk = (c, t) => mix(c, DARK, t);
export const lt = (c, t) => mix(c, '#fffdf7', t);
export function rng(seed) { // small deterministic noise source
  let s = seed >>> 0;
  return () => ((s = (Math.imul(s, 1664525) + 1013904223) >>> 0) / 4294967296);
}

export function begin() { defs = []; out = []; keys = new Map(); n = 0; }
export function finish() {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1200 1200" width="1200" height="1200">` +
    (defs.length ? `<defs>${defs.join('')}</defs>` : '') + out.map(o => typeof o === 'string' ? o : o.key.replace('@', tidy(o.d))).join('') + `</svg>\n`;
}
function def(body) { // body has "@" where the id goes
  if (keys.has(body)) return keys.get(body);
  const id = 'd' + (++n).toString(36);
  keys.set(body, id); defs.push(body.replace('@', id));
  return id;
}
const stops = s => s.map(([o, c, a]) => `<stop offset="${o}" stop-color="${c}"${a === undefined ? '' : ` stop-opacity="${a}"`}/>`).join('');
// box-relative and user-space gradients
export const lin = (s, x1 = 0, y1 = 0, x2 = 1, y2 = 0) =>
  `url(#${def(`<linearGradient id="@" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}">${stops(s)}</linearGradient>`)})`;
export const linU = (s, x1, y1, x2, y2) =>
  `url(#${def(`<linearGradient id="@" gradientUnits="userSpaceOnUse" x1="${f(x1)}" y1="${f(y1)}" x2="${f(x2)}" y2="${f(y2)}">${stops(s)}</linearGradient>`)})`;
export const rad = (s, cx = .5, cy = .5, r = .5) =>
  `url(#${def(`<radialGradient id="@" cx="${cx}" cy="${cy}" r="${r}">${stops(s)}</radialGradient>`)})`;
export const vert = (a, b) => lin([[0, a], [1, b]], 0, 0, 0, 1);
export const diag = (a, b) => lin([[0, a], [1, b]], 0, 0, 1, 1);
export const blurId = sd => def(`<filter id="@" x="-40%" y="-40%" width="180%" height="180%"><feGaussianBlur stdDeviation="${sd}"/></filter>`);

const tidy = d => d.replace(/-?\d+\.\d+(e-\d+)?/g, v => String(+Number(v).toFixed(1)));
// Marks with the same look drawn close together become one path: textures stay small.
function mark(key, d) {
  for (let i = out.length - 1; i >= 0 && i > out.length - 9; i--) {
    if (typeof out[i] === 'string') break;
    if (out[i].key === key) { out[i].d += d; return; }
  }
  out.push({ key, d });
}
export const P = (d, fill, x = '') => out.push(`<path d="${tidy(d)}" fill="${fill}"${x && ' ' + x}/>`);
export const E = (cx, cy, rx, ry, fill, x = '') => out.push(`<ellipse cx="${f(cx)}" cy="${f(cy)}" rx="${f(rx)}" ry="${f(ry)}" fill="${fill}"${x && ' ' + x}/>`);
export const C = (cx, cy, r, fill, x) => E(cx, cy, r, r, fill, x);
export const R = (x, y, w, h, r, fill, e = '') => out.push(`<rect x="${f(x)}" y="${f(y)}" width="${f(w)}" height="${f(h)}" rx="${f(r)}" fill="${fill}"${e && ' ' + e}/>`);
export const S = (d, stroke, w, x = '') => mark(`<path d="@" fill="none" stroke="${stroke}" stroke-width="${f(w)}" stroke-linecap="${/stroke-linecap/.test(x) ? 'butt' : 'round'}" stroke-linejoin="round"${x && ' ' + x.replace(/stroke-linecap="butt" ?/, '')}/>`, d);
// a small round mark and a small leaf-shaped mark, for textures
export const dot = (x, y, r, c, o) => S(`M${Math.round(x)} ${Math.round(y)}h0`, c, Math.round(r * 2), o ? op(o) : '');
export function fleck(x, y, len, w, rot, c) {
  const a = rot * Math.PI / 180, ux = Math.cos(a), uy = Math.sin(a), q = (s, t) => `${Math.round(x + ux * s - uy * t)} ${Math.round(y + uy * s + ux * t)}`;
  mark(`<path d="@" fill="${c}"/>`, `M${q(0, 0)}Q${q(len * .5, w * 1.4)} ${q(len, 0)}Q${q(len * .5, -w * 1.4)} ${q(0, 0)}Z`);
}
export const step = (t, n = 6) => Math.round(t * n) / n; // few tones, so that marks share paths
export const op = a => `opacity="${a}"`;
export function G(attr, fn) { out.push(`<g ${attr}>`); fn(); out.push('</g>'); }
export const T = (x, y, s, fn, rot = 0) => G(`transform="translate(${f(x)} ${f(y)})${rot ? ` rotate(${rot})` : ''}${s === 1 ? '' : ` scale(${s})`}"`, fn);
export function clip(d, fn) {
  const id = def(`<clipPath id="@"><path d="${d}"/></clipPath>`);
  G(`clip-path="url(#${id})"`, fn);
}
// draw flat content (in a w×h box) onto a parallelogram: origin o, edges u (for w) and v (for h)
export function face(o, u, v, w, h, fn) {
  const m = [u[0] / w, u[1] / w, v[0] / h, v[1] / h].map(x => +x.toFixed(4));
  G(`transform="matrix(${m.join(' ')} ${f(o[0])} ${f(o[1])})"`, fn);
}
export const rr = (x, y, w, h, r) => `M${f(x + r)} ${f(y)}H${f(x + w - r)}Q${f(x + w)} ${f(y)} ${f(x + w)} ${f(y + r)}V${f(y + h - r)}Q${f(x + w)} ${f(y + h)} ${f(x + w - r)} ${f(y + h)}H${f(x + r)}Q${f(x)} ${f(y + h)} ${f(x)} ${f(y + h - r)}V${f(y + r)}Q${f(x)} ${f(y)} ${f(x + r)} ${f(y)}Z`;
export const poly = pts => 'M' + pts.map(p => f(p[0]) + ' ' + f(p[1])).join('L') + 'Z';
export const ell = (cx, cy, rx, ry) => `M${f(cx - rx)} ${f(cy)}A${f(rx)} ${f(ry)} 0 1 1 ${f(cx + rx)} ${f(cy)}A${f(rx)} ${f(ry)} 0 1 1 ${f(cx - rx)} ${f(cy)}Z`;

// ---- backdrops and shadows
export function studio(c) {
  R(0, 0, 1200, 1200, 0, lin([[0, dk(c, .035)], [.5, c], [.66, lt(c, .3)], [.74, lt(c, .22)], [1, dk(c, .05)]], 0, 0, 0, 1));
  R(0, 0, 1200, 1200, 0, rad([[0, '#fffdf7', .62], [.55, '#fffdf7', .16], [1, '#fffdf7', 0]], .3, .22, .72));
  R(0, 0, 1200, 1200, 0, rad([[0, DARK, 0], [.6, DARK, 0], [1, DARK, .13]], .42, .42, .86));
}
export function table(c) { // seen from above
  R(0, 0, 1200, 1200, 0, lin([[0, lt(c, .42)], [.55, c], [1, dk(c, .08)]], 0, 0, 1, 1));
  R(0, 0, 1200, 1200, 0, rad([[0, '#fffdf7', .5], [1, '#fffdf7', 0]], .28, .2, .7));
}
export function night(c) { // dark, lit by what stands in it
  R(0, 0, 1200, 1200, 0, lin([[0, mix(c, '#0a0d15', .86)], [.6, mix(c, '#0a0d15', .94)], [1, '#070a10']], 0, 0, 0, 1));
  R(0, 0, 1200, 1200, 0, rad([[0, c, .34], [.55, c, .09], [1, c, 0]], .5, .42, .62));
}
export function shadow(cx, cy, rx, o = 1, ry = rx * .2) {
  E(cx + rx * .34, cy + ry * .18, rx * 1.55, ry * 1.6, rad([[0, DARK, .27 * o], [.45, DARK, .15 * o], [1, DARK, 0]]));
  E(cx + rx * .05, cy, rx * 1.12, ry * 1.2, rad([[0, DARK, .5 * o], [.72, DARK, .3 * o], [1, DARK, 0]]));
}
export const drop = (d, dx = 22, dy = 30, sd = 20, o = .28) =>
  out.push(`<path d="${d}" transform="translate(${dx} ${dy})" fill="${DARK}" opacity="${o}" filter="url(#${blurId(sd)})"/>`);
export const soft = (d, fill, sd, o = 1) => out.push(`<path d="${d}" fill="${fill}" opacity="${o}" filter="url(#${blurId(sd)})"/>`);
export const glow = (cx, cy, r, c, o = .8, ry = r) => E(cx, cy, r, ry, rad([[0, c, o], [.35, c, o * .45], [1, c, 0]]));

// ---- turned bodies: profile points [y, radius, corner?] from top to bottom
function segs(pts) {
  const t = pts.map((p, i) => {
    if (p[2] || i === 0 || i === pts.length - 1) return null;
    const a = pts[i - 1], b = pts[i + 1];
    return [(b[0] - a[0]) / 2, (b[1] - a[1]) / 2];
  });
  const r = [];
  for (let i = 0; i + 1 < pts.length; i++) {
    const a = pts[i], b = pts[i + 1], line = [b[0] - a[0], b[1] - a[1]];
    const lim = (v) => { const L = Math.hypot(...line), M = Math.hypot(...v); return M > L ? v.map(q => q * L / M) : v; };
    const ta = lim(t[i] || line), tb = lim(t[i + 1] || line);
    r.push([[a[1], a[0]], [a[1] + ta[1] / 3, a[0] + ta[0] / 3], [b[1] - tb[1] / 3, b[0] - tb[0] / 3], [b[1], b[0]]]);
  }
  return r;
}
export function latheD(cx, pts, k = K) {
  const sg = segs(pts), a = pts[0], z = pts[pts.length - 1];
  const q = (p, s) => f(cx + s * p[0]) + ' ' + f(p[1]);
  let d = `M${q([a[1], a[0]], -1)}`;
  if (a[1] > 1) d += `A${f(a[1])} ${f(a[1] * k)} 0 0 1 ${q([a[1], a[0]], 1)}`;
  for (const s of sg) d += `C${q(s[1], 1)} ${q(s[2], 1)} ${q(s[3], 1)}`;
  if (z[1] > 1) d += `A${f(z[1])} ${f(z[1] * k)} 0 0 1 ${q([z[1], z[0]], -1)}`;
  for (const s of sg.slice().reverse()) d += `C${q(s[2], -1)} ${q(s[1], -1)} ${q(s[0], -1)}`;
  return d + 'Z';
}
export const cyl = (c, x1, x2, g = 1) => linU([[0, dk(c, .26 * g)], [.1, dk(c, .1 * g)], [.3, lt(c, .3 * g)], [.48, lt(c, .05 * g)], [.78, dk(c, .2 * g)], [.94, dk(c, .36 * g)], [1, dk(c, .26 * g)]], x1, 0, x2, 0);
export const metal = (c, x1, x2) => linU([[0, dk(c, .45)], [.08, dk(c, .1)], [.2, lt(c, .65)], [.32, lt(c, .15)], [.5, dk(c, .12)], [.66, lt(c, .3)], [.82, dk(c, .25)], [.94, dk(c, .5)], [1, dk(c, .2)]], x1, 0, x2, 0);
export function lathe(cx, pts, c, o = {}) {
  const d = latheD(cx, pts, o.k ?? K), r = Math.max(...pts.map(p => p[1]));
  P(d, o.fill || (o.metal ? metal(c, cx - r, cx + r) : cyl(c, cx - r, cx + r, o.g ?? 1)), o.x || '');
  if (!o.plain) P(d, lin([[0, '#ffffff', .12], [.4, '#ffffff', 0], [.55, DARK, 0], [1, DARK, .2]], 0, 0, 0, 1));
  if (o.hl) highlight(cx, pts, o.hl, o.hx ?? .62, o.hw ?? .09);
  return d;
}
export function highlight(cx, pts, o, at = .62, w = .09) {
  const y0 = pts[0][0], y1 = pts[pts.length - 1][0];
  const left = pts.map(p => [cx - p[1] * at, p[0]]), right = pts.map(p => [cx - p[1] * (at - w), p[0]]).reverse();
  P(smooth(left) + smooth(right).replace('M', 'L') + 'Z', linU([[0, '#ffffff', 0], [.12, '#ffffff', o], [.6, '#ffffff', o * .6], [1, '#ffffff', 0]], 0, y0, 0, y1));
}
export function smooth(p, closed = false) { // Catmull-Rom through points
  const N = p.length, at = i => closed ? p[(i + N) % N] : p[Math.max(0, Math.min(N - 1, i))];
  let d = `M${f(p[0][0])} ${f(p[0][1])}`;
  for (let i = 0; i < (closed ? N : N - 1); i++) {
    const a = at(i - 1), b = at(i), c = at(i + 1), e = at(i + 2);
    d += `C${f(b[0] + (c[0] - a[0]) / 6)} ${f(b[1] + (c[1] - a[1]) / 6)} ${f(c[0] - (e[0] - b[0]) / 6)} ${f(c[1] - (e[1] - b[1]) / 6)} ${f(c[0])} ${f(c[1])}`;
  }
  return d + (closed ? 'Z' : '');
}
export const band = (cx, y1, r1, y2, r2, fill, x = '', k = K) =>
  P(`M${f(cx - r1)} ${f(y1)}A${f(r1)} ${f(r1 * k)} 0 0 0 ${f(cx + r1)} ${f(y1)}L${f(cx + r2)} ${f(y2)}A${f(r2)} ${f(r2 * k)} 0 0 1 ${f(cx - r2)} ${f(y2)}Z`, fill, x);
export function rim(cx, y, r, c, o = {}) { // the opening of a vessel
  const w = o.w ?? 12, k = o.k ?? K, i = r - w;
  E(cx, y, r, r * k, linU([[0, dk(c, .1)], [.3, lt(c, .5)], [.7, lt(c, .2)], [1, dk(c, .2)]], cx - r, 0, cx + r, 0));
  E(cx, y + w * .12, i, i * k, linU([[0, dk(o.in || c, .5)], [.45, dk(o.in || c, .25)], [1, lt(o.in || c, .08)]], cx - i, y - i * k, cx + i, y + i * k));
  if (o.liquid) {
    const q = o.level ?? .9;
    clip(ell(cx, y + w * .12, i, i * k), () => {
      E(cx, y + i * k * (1 - q) * 1.4 + w * .2, i * q, i * k * q, linU([[0, dk(o.liquid, .2)], [.5, o.liquid], [1, lt(o.liquid, .25)]], cx - i, 0, cx + i, 0));
      E(cx - i * .3, y + i * k * (1 - q) * 1.4 - i * k * .2, i * .34, i * k * .2, '#ffffff', op(.22));
    });
  }
}
// ---- boxes: o = bottom front corner, u = edge going left-back, v = edge going right-back, h = height
export function box(o, u, v, h, c, x = {}) {
  const a = [o[0] + u[0], o[1] + u[1]], b = [o[0] + v[0], o[1] + v[1]], e = [a[0] + v[0], a[1] + v[1]];
  const up = p => [p[0], p[1] - h], w = x.round ?? 8;
  const j = s => `stroke="${s}" stroke-width="${w}" stroke-linejoin="round"`;
  const L = x.left || lt(c, .06), Rr = x.right || dk(c, .2), Tp = x.top || lt(c, .32);
  P(poly([o, a, up(a), up(o)]), L, j(L)); P(poly([o, b, up(b), up(o)]), Rr, j(Rr)); P(poly([up(o), up(a), up(e), up(b)]), Tp, j(Tp));
  P(poly([o, a, up(a), up(o)]), lin([[0, '#ffffff', .16], [1, DARK, .1]], 0, 0, .3, 1));
  P(poly([o, b, up(b), up(o)]), lin([[0, DARK, 0], [1, DARK, .2]], 0, 0, .3, 1));
  return { o, a, b, e, O: up(o), A: up(a), B: up(b), E: up(e) };
}
// ---- small things used again and again
export function leaf(x, y, len, w, rot, c) {
  T(x, y, 1, () => {
    P(`M0 0C${f(len * .3)} ${f(-w)} ${f(len * .75)} ${f(-w * .8)} ${f(len)} 0C${f(len * .75)} ${f(w * .8)} ${f(len * .3)} ${f(w)} 0 0Z`, lin([[0, lt(c, .2)], [.5, c], [.5, dk(c, .12)], [1, dk(c, .26)]], 0, 0, 0, 1));
    S(`M0 0L${f(len * .9)} 0`, lt(c, .35), Math.max(1.5, len * .018), op(.7));
  }, rot);
}
export function cloud(x, y, s, fill, e = '') { // the shop's little cloud mark
  T(x, y, s, () => P('M-62 34C-92 34 -104 8 -88 -10C-80 -20 -68 -22 -60 -18C-58 -48 -22 -62 0 -42C18 -58 52 -50 56 -20C84 -24 102 4 86 24C80 32 70 34 62 34Z', fill, e));
}
export function seal(x, y, s, c) { // a red square mark with abstract strokes
  R(x, y, s, s, s * .1, c); const q = s / 10;
  S(`M${f(x + 2 * q)} ${f(y + 2.4 * q)}H${f(x + 8 * q)}M${f(x + 2 * q)} ${f(y + 4.4 * q)}H${f(x + 8 * q)}M${f(x + 5 * q)} ${f(y + 4.4 * q)}L${f(x + 3 * q)} ${f(y + 7.6 * q)}H${f(x + 7.4 * q)}M${f(x + 6.4 * q)} ${f(y + 6.2 * q)}L${f(x + 7.8 * q)} ${f(y + 8.2 * q)}`, '#fbf1e6', q * .8);
}
export function grain(x, y, w, h, c, seed, lines = 12, o = .3, vertical = false) { // wood grain inside a clip
  const r = rng(seed);
  for (let i = 0; i < lines; i++) {
    const t = (i + r() * .8) / lines, a = r() * 10 - 5, b = r() * 14 - 7;
    const d = vertical
      ? `M${f(x + w * t)} ${f(y)}C${f(x + w * t + a)} ${f(y + h * .35)} ${f(x + w * t + b)} ${f(y + h * .7)} ${f(x + w * t)} ${f(y + h)}`
      : `M${f(x)} ${f(y + h * t)}C${f(x + w * .35)} ${f(y + h * t + a)} ${f(x + w * .7)} ${f(y + h * t + b)} ${f(x + w)} ${f(y + h * t)}`;
    S(d, dk(c, .35), 1 + r() * 2.4, op(+(o * (.4 + r() * .6)).toFixed(2)));
  }
}
export const PAL = { celadon: '#8fb09c', moon: '#dfe7e4', ink: '#33383d', cinnabar: '#b8472f', apricot: '#e2a268', sand: '#d8c5a4', indigo: '#364d74', tea: '#7a5236', clay: '#c58b74', moss: '#707b54', cream: '#f2eadb', brass: '#c09a55', slate: '#77838c', plum: '#7c4d5d', walnut: '#80573b', oak: '#c79d6a', bamboo: '#d2b378', steel: '#b9bfc2', white: '#f6f2ea', rose: '#d9a59b' };

/* Building sites on a day: what map.js draws of them while the slider of days is moved.
 *
 * The server sends with each feature its course: days (instants at which something turns, counted
 * from 1970), and at each of them heights, done and stages. Between two turns a building grows
 * evenly; a stage holds from its turn on. See scenarios/project_monitoring/courses.py.
 */
(function () {
  "use strict";

  const paint = ({ stageColors }, day) => ({
    getFillColor: ({ properties }) => stageColors[findStage(properties.course, day) + 1],
  });

  const GROWN = {
    "projects/built": (props, day) => ({
      getElevation: ({ properties }) => interpolate(properties.course, "heights", day),
      ...paint(props, day),
    }),
    "projects/site": paint,
    "projects/name": (_props, day) => ({
      getText: ({ properties }) =>
        `${properties.plain_name} ${Math.floor(interpolate(properties.course, "done", day))}%`,
    }),
    "projects/late": () => ({ visible: false }), // it speaks of today
  };

  /* Properties of a layer on a day; nothing for layers that never change. */
  function read(props, day) {
    const grown = GROWN[props.id?.split("@", 1)[0]]?.(props, day);
    if (!grown) return null;
    const triggers = Object.fromEntries(Object.keys(grown).map((name) => [name, day]));
    return { ...grown, updateTriggers: { ...props.updateTriggers, ...triggers } };
  }

  /* Rows of the card of a building or site on a day. */
  function tell({ course, card }, day, { label, stages, words }) {
    const rows = [card[0], [label, stages[findStage(course, day) + 1]]];
    if (course.heights) {
      rows.push([words.height, `${interpolate(course, "heights", day).toFixed(1)} m`]);
    }
    rows.push([words.done, `${Math.floor(interpolate(course, "done", day))}%`]);
    return rows;
  }

  /* Place of the last turn at or before a day; -1 before the first. */
  function findTurn({ days }, day) {
    let place = days.length - 1;
    while (place >= 0 && days[place] > day) place -= 1;
    return place;
  }

  function interpolate(course, name, day) {
    const values = course[name];
    const place = findTurn(course, day);
    if (place < 0) return values[0];
    if (place === values.length - 1) return values[place];
    const [from, to] = [course.days[place], course.days[place + 1]];
    return values[place] + ((day - from) / (to - from)) * (values[place + 1] - values[place]);
  }

  function findStage(course, day) {
    const place = findTurn(course, day);
    return place < 0 ? -1 : course.stages[place];
  }

  window.onemapGrowth = { read, tell };
})();

threadpressPosts({
 "../../../threads/notes/day-2.html": "1 2",
 "../../../threads/notes/day-2/2.html": "3"
});

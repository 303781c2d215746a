#include <gatehouse/plugin.hpp>
#include <gatehouse/testing.hpp>
